"""A finished episode in a file of its own, where it waits for the others: safetensors with a JSON header."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from robolearn.errors import UserError
from robolearn.retarget.output.cut import Cut
from robolearn.retarget.retargeted import COLUMNS

_HEADER: Final = "header"
_PICTURES: Final = "pictures/"


@dataclass(frozen=True)
class Header:
    """What is known of an episode without reading its columns.

    name: in the source
    rate: control steps a second [Hz]
    steps: control steps
    language: what the source's robot was told
    tracking_error: mean over the steps, by the entries of that column [m, rad]
    cuts: by camera; none or one for each of the source's videos
    """

    name: str
    rate: float
    steps: int
    language: str
    tracking_error: Mapping[str, float]
    cuts: Mapping[str, Cut]

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Header":
        """From its fields as JSON."""
        cuts = {camera: Cut.from_json(cut) for camera, cut in value["cuts"].items()}
        fields: dict[str, Any] = value | {"cuts": cuts}
        return cls(**fields)


def staged_bytes(
    header: Header, columns: Mapping[str, NDArray[np.float32]], histograms: Mapping[str, NDArray[np.int64]]
) -> bytes:
    """The file of an episode with its columns and, by camera, the histograms (3, 256) of its pictures."""
    tensors: dict[str, NDArray[Any]] = {name: np.ascontiguousarray(columns[name]) for name in COLUMNS}
    tensors |= {f"{_PICTURES}{camera}": histogram for camera, histogram in histograms.items()}
    return save(tensors, {_HEADER: json.dumps(asdict(header))})


def read_header(path: Path) -> Header:
    """The header of the file that `staged_bytes` made. Raises UserError for anything else."""
    try:
        with safe_open(path, "numpy") as file:
            return Header.from_json(json.loads(file.metadata()[_HEADER]))
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error


def read_columns(path: Path) -> dict[str, NDArray[np.float32]]:
    """The columns in the file, (T, size) each. Raises UserError for a damaged file."""
    return _tensors(path, {name: name for name in COLUMNS})


def read_histograms(path: Path, cameras: list[str]) -> dict[str, NDArray[np.int64]]:
    """By camera, the histograms (3, 256) of the pictures. Raises UserError for a damaged file."""
    return _tensors(path, {camera: f"{_PICTURES}{camera}" for camera in cameras})


def _tensors(path: Path, names: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    try:
        with safe_open(path, "numpy") as file:
            return {name: file.get_tensor(stored) for name, stored in names.items()}
    except (SafetensorError, OSError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> UserError:
    return UserError(f"{path} is not an episode in waiting: {str(error).splitlines()[0]}")
