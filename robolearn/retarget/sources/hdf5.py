"""Fields of an HDF5 file that may be damaged; whatever is wrong raises `Fault`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from robolearn.retarget.sources.checks import LONGEST
from robolearn.retarget.sources.refusal import Fault

_KINDS = {"f": "floating point", "iu": "integer"}


@contextmanager
def open_hdf5(path: Path) -> Iterator[h5py.File]:
    """The file, for reading. What HDF5 cannot read within the block raises Fault, too."""
    if not path.is_file():
        raise Fault(f"{path.name} is missing")
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError) as error:
        raise Fault(f"{path.name} is damaged: {_first_line(error)}") from error


def has_field(file: h5py.File, name: str) -> bool:
    """Whether the file has the array `name`, with anything in it: unused fields are published empty."""
    found = file.get(name)
    return isinstance(found, h5py.Dataset) and bool(found.size)


def width_of(file: h5py.File, name: str) -> int:
    """Entries of one frame of the array `name`. Raises Fault where there is none."""
    return int(np.prod(_dataset(file, name).shape[1:]))


def read_field(
    file: h5py.File, name: str, frame_shape: tuple[int, ...], frames: int | None = None, kind: str = "f"
) -> NDArray[Any]:
    """The array `name`, (frames, *frame_shape). Raises Fault when it is missing or of another shape or type.

    frames: how many there have to be; None for as many as there are
    kind: letters of numpy's kinds of numbers that are accepted, "f" or "iu"
    """
    dataset = _dataset(file, name)
    shape: tuple[int, ...] = dataset.shape
    if dataset.dtype.kind not in kind:
        raise Fault(f"'{name}' is {dataset.dtype}, expected {_KINDS[kind]} numbers")
    if not shape or shape[1:] != frame_shape:
        expected = ", ".join(["N", *map(str, frame_shape)])
        raise Fault(f"'{name}' has shape {shape}, expected ({expected}{'' if frame_shape else ','})")
    if frames is not None and shape[0] != frames:
        raise Fault(f"'{name}' has {shape[0]} frames, expected {frames}")
    # A damaged header may promise more than any memory holds.
    if shape[0] > LONGEST:
        raise Fault(f"'{name}' has {shape[0]} frames: more than {LONGEST} are not an episode")
    return dataset[()]


def _dataset(file: h5py.File, name: str) -> h5py.Dataset:
    found = file.get(name)
    if not isinstance(found, h5py.Dataset) or found.shape is None:
        raise Fault(f"'{name}' is missing")
    return found


def _first_line(error: Exception) -> str:
    lines = str(error).strip("'\"").splitlines()
    return lines[0] if lines else type(error).__name__
