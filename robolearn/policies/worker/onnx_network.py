"""One network of an ONNX file, run on the CPU."""

import importlib
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from robolearn.errors import UserError

_ERRORS_ONLY: Final = 3
"""ONNX Runtime's level of severity from which on it writes to the terminal."""

_REFUSALS: Final = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NotImplemented")
"""Its errors about a file; their compiled module has no types."""


class OnnxNetwork:
    """A network from vectors (N, I) to vectors (N, A), both float32.

    A file whose batch is fixed at one is run a row at a time.
    """

    def __init__(self, path: Path, inputs: int, outputs: int) -> None:
        """inputs, outputs: I and A. Raises UserError for a file that is missing, damaged or does not fit."""
        if not path.is_file():
            raise UserError(f"{path} is missing")
        self._session = _session(path)
        given, made = self._session.get_inputs(), self._session.get_outputs()
        if len(given) != 1:
            names = ", ".join(entry.name for entry in given)
            raise UserError(f"{path} has inputs {names}: expected one, a stack of frames")
        self._name = given[0].name
        self._one_by_one = _batch(given[0].shape, inputs, f"{path}: input '{self._name}'")
        _batch(made[0].shape, outputs, f"{path}: output '{made[0].name}'")

    def __call__(self, value: Tensor) -> Tensor:
        """Outputs (N, A) of inputs (N, I)."""
        rows: Any = value.numpy()
        parts = np.split(rows, len(rows)) if self._one_by_one else [rows]
        return torch.from_numpy(np.concatenate([self._run(part) for part in parts]))

    def _run(self, rows: Any) -> Any:
        return self._session.run(None, {self._name: rows})[0]


def _session(path: Path) -> Any:
    runtime = importlib.import_module("onnxruntime")
    refusals = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    try:
        # From memory: nothing in the file can name another one.
        return runtime.InferenceSession(path.read_bytes(), options, ["CPUExecutionProvider"])
    except tuple(getattr(refusals, name) for name in _REFUSALS) as error:
        raise UserError(f"{path} is no network that runs here: {str(error).splitlines()[0]}") from error


def _batch(shape: list[Any], size: int, origin: str) -> bool:
    """Whether a tensor of this shape holds one row only. Raises UserError unless rows have `size` entries."""
    rows, entries = shape if len(shape) == 2 else (0, 0)
    if (isinstance(rows, int) and rows != 1) or (isinstance(entries, int) and entries != size):
        raise UserError(f"{origin} has shape {shape}, expected rows of the {size} entries of its contract")
    return rows == 1
