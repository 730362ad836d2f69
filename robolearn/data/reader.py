"""Reads a LeRobot dataset v3.0 with suspicion: every fault is one line that says where."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from robolearn.data import layout
from robolearn.data.columns import read_parquet, scalars, vectors
from robolearn.errors import UserError
from robolearn.specification import TaskSpec, VectorSpec
from robolearn.storage import read_json

_PLACES = ("episode_index", "dataset_from_index", "dataset_to_index", "length")
_FILES = ("data/chunk_index", "data/file_index")
_COUNTERS = ("episode_index", "frame_index", "index")
_SECONDS = 1e-4
"""How far a timestamp may be from its frame's time (LeRobot's `tolerance_s`) [s]."""


@dataclass(frozen=True)
class Content:
    """Arrays of a dataset; shapes as in `Demonstrations`."""

    spec: TaskSpec
    observation: NDArray[np.float32]
    action: NDArray[np.float32]
    executed: NDArray[np.float32]
    episode_starts: NDArray[np.int64]
    success: NDArray[np.bool_]


def read_dataset(folder: Path) -> Content:
    """Read and check everything that training uses. Raises UserError as `load_dataset`."""
    _require_dataset(folder)
    information = read_json(folder / layout.INFO)
    version = information.get("codebase_version")
    if version != layout.CODEBASE_VERSION:
        raise UserError(
            f"{folder / layout.INFO}: codebase_version is {version!r}, expected '{layout.CODEBASE_VERSION}'"
        )
    spec = _specification(folder / layout.RECORD)
    _check_features(folder / layout.INFO, information, spec)
    files, starts = _episodes(folder, information)
    tables = [(folder / name, read_parquet(folder / name, list(_columns()))) for name in files]
    _check_counters(tables, starts, spec)
    observation = _joined_vectors(tables, layout.STATE, spec.observation, starts)
    action = _joined_vectors(tables, layout.ACTION, spec.action, starts)
    executed = _joined_vectors(tables, layout.EXECUTED, spec.action, starts)
    success = np.concatenate([scalars(path, table, layout.SUCCESS, np.bool_) for path, table in tables])
    return Content(spec, observation, action, executed, starts, success[starts[1:] - 1])


def _require_dataset(path: Path) -> None:
    """Raise UserError unless the folder `path` has all of `meta` that a dataset by robolearn has."""
    if not path.exists():
        raise UserError(f"dataset {path} does not exist")
    if path.is_file():
        raise UserError(f"dataset {path} is a file: a dataset is a folder with {layout.INFO}")
    if not (path / layout.INFO).is_file():
        raise UserError(f"{path} is not a LeRobot dataset: {layout.INFO} is missing")
    if not (path / layout.RECORD).is_file():
        raise UserError(f"{path} is not a dataset that robolearn wrote: {layout.RECORD} is missing")
    for name in (layout.EPISODES, layout.TASKS, layout.STATISTICS):
        if not (path / name).is_file():
            raise UserError(f"{path / name} is missing")


def _columns() -> tuple[str, ...]:
    return (
        layout.STATE,
        layout.ACTION,
        layout.EXECUTED,
        layout.SUCCESS,
        layout.DONE,
        "timestamp",
        *_COUNTERS,
    )


def _specification(path: Path) -> TaskSpec:
    record = read_json(path)
    if record.get("format") != layout.RECORD_FORMAT:
        raise UserError(f"{path} has format {record.get('format')!r}, expected '{layout.RECORD_FORMAT}'")
    try:
        return TaskSpec.from_json(record["spec"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UserError(f"{path} is damaged: {type(error).__name__} {error}") from error


def _check_features(path: Path, information: dict[str, Any], spec: TaskSpec) -> None:
    """What `info.json` says of shapes and names is what the task's specification says."""
    features = information.get("features")
    if not isinstance(features, dict):
        raise UserError(f"{path}: 'features' is missing")
    expected_vectors = {
        layout.STATE: spec.observation,
        layout.ACTION: spec.action,
        layout.EXECUTED: spec.action,
    }
    for key, vector in expected_vectors.items():
        feature = features.get(key)
        if not isinstance(feature, dict):
            raise UserError(f"{path}: feature '{key}' is missing")
        if feature.get("shape") != [vector.size]:
            raise UserError(f"{path}: '{key}' has shape {feature.get('shape')}, the task [{vector.size}]")
        for entry, expected in vector.to_json().items():
            if feature.get(entry) != expected:
                raise UserError(f"{path}: the {entry} of '{key}' are not those in {layout.RECORD}")
    if information.get("fps") != spec.control_rate_hz:
        raise UserError(
            f"{path}: fps is {information.get('fps')}, the task's control rate {spec.control_rate_hz} Hz"
        )


def _episodes(folder: Path, information: dict[str, Any]) -> tuple[list[str], NDArray[np.int64]]:
    """Files of frames in order, and the first frame of each episode with the end of the last, (E + 1,)."""
    path = folder / layout.EPISODES
    table = read_parquet(path, [*_PLACES, *_FILES])
    index, first, end, length = (scalars(path, table, name, np.int64) for name in _PLACES)
    if not len(index):
        raise UserError(f"{path} lists no episodes")
    expected = np.concatenate([[0], end[:-1]])
    wrong = (index != np.arange(len(index))) | (first != expected) | (end - first != length) | (length < 1)
    if wrong.any():
        episode = int(wrong.argmax())
        raise UserError(
            f"{path}: episode {episode} has length {length[episode]}, but frames {first[episode]} to "
            f"{end[episode]}, after {expected[episode]}"
        )
    found = {"total_episodes": len(index), "total_frames": int(end[-1])}
    for name, value in found.items():
        if information.get(name) != value:
            raise UserError(
                f"{folder / layout.INFO}: {name} is {information.get(name)}, {layout.EPISODES} has {value}"
            )
    chunk, file = (scalars(path, table, name, np.int64) for name in _FILES)
    places = dict.fromkeys(zip(chunk.tolist(), file.tolist(), strict=True))
    names = [layout.DATA_PATTERN.format(chunk_index=chunk, file_index=file) for chunk, file in places]
    return names, np.concatenate([first, end[-1:]])


def _check_counters(tables: list[tuple[Path, pa.Table]], starts: NDArray[np.int64], spec: TaskSpec) -> None:
    """Frames are numbered as `meta/episodes` says, and end and follow each other in time as they should."""
    rows = sum(len(table) for _, table in tables)
    if rows != starts[-1]:
        raise UserError(f"{tables[-1][0]}: {rows} frames in all, but {layout.EPISODES} has {starts[-1]}")
    lengths = np.diff(starts)
    episode = np.repeat(np.arange(len(lengths)), lengths)
    step = np.arange(starts[-1]) - starts[:-1].repeat(lengths)
    expected = dict(zip(_COUNTERS, (episode, step, np.arange(starts[-1])), strict=True))
    begin = 0
    for path, table in tables:
        part = slice(begin, begin := begin + len(table))
        differs = {
            name: scalars(path, table, name, np.int64) != numbers[part] for name, numbers in expected.items()
        }
        seconds = scalars(path, table, "timestamp", np.float32)
        differs["timestamp"] = ~(np.abs(seconds - step[part] / spec.control_rate_hz) < _SECONDS)
        last = step[part] == lengths[episode[part]] - 1
        differs[layout.DONE] = scalars(path, table, layout.DONE, np.bool_) != last
        for name, wrong in differs.items():
            if wrong.any():
                row = int(wrong.argmax())
                raise UserError(
                    f"{path}: '{name}' is wrong in episode {episode[part][row]}, frame {step[part][row]}"
                )


def _joined_vectors(
    tables: list[tuple[Path, pa.Table]], name: str, spec: VectorSpec, starts: NDArray[np.int64]
) -> NDArray[np.float32]:
    """A vector's column over all files, (T, size), finite."""
    parts, begin = [], 0
    for path, table in tables:
        values = vectors(path, table, name, spec.size)
        if not np.isfinite(values).all():
            row, entry = np.argwhere(~np.isfinite(values))[0]
            episode = int(np.searchsorted(starts, begin + row, side="right")) - 1
            raise UserError(
                f"{path}: '{name}' is {values[row, entry]} in episode {episode}, "
                f"frame {begin + row - starts[episode]}, entry '{spec.names[entry]}'"
            )
        parts.append(values)
        begin += len(values)
    return np.concatenate(parts)
