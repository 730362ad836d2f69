"""The parquet tables of a dataset: frames, episodes and tasks. Equal content gives equal bytes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from robolearn.data.episode import Episode
from robolearn.data.layout import ACTION, DONE, EXECUTED, REWARD, STATE, SUCCESS, place
from robolearn.data.statistics import Statistics

_TASK_INDEX = "__index_level_0__"
"""What pandas calls an index without a name: LeRobot reads the task's text from there."""


@dataclass(frozen=True)
class FilmedEpisode:
    """An episode's own video file.

    key: the feature's name
    statistics: of its pictures
    """

    key: str
    statistics: Statistics


def frame_columns(episode: Episode, index: int, first: int, rate_hz: float) -> dict[str, NDArray[Any]]:
    """Every column of an episode's frames, (T,) or (T, size).

    index: the episode's number
    first: frames of the dataset before this episode
    rate_hz: frames a second
    """
    count = len(episode)
    frame = np.arange(count, dtype=np.int64)
    last = frame == count - 1
    return {
        STATE: episode.observation.numpy().astype(np.float32, copy=False),
        ACTION: episode.action.numpy().astype(np.float32, copy=False),
        EXECUTED: episode.executed.numpy().astype(np.float32, copy=False),
        REWARD: episode.reward.numpy().astype(np.float32, copy=False),
        DONE: last,
        SUCCESS: last & episode.success,
        **counters(count, index, first, rate_hz),
    }


def counters(count: int, index: int, first: int, rate_hz: float, task: int = 0) -> dict[str, NDArray[Any]]:
    """The columns of every dataset that say which frame is whose, (T,); `task` is the task's number."""
    frame = np.arange(count, dtype=np.int64)
    return {
        "timestamp": (frame / rate_hz).astype(np.float32),
        "frame_index": frame,
        "episode_index": np.full(count, index, dtype=np.int64),
        "index": first + frame,
        "task_index": np.full(count, task, dtype=np.int64),
    }


def arrow_table(columns: dict[str, NDArray[Any]]) -> pa.Table:
    """Columns as arrow arrays; a (T, size) column becomes lists of fixed size."""
    return pa.table({name: _arrow(values) for name, values in columns.items()})


def _arrow(values: NDArray[Any]) -> pa.Array:
    if values.ndim == 1:
        return pa.array(values)
    return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(values).ravel()), values.shape[1])


def episode_row(
    index: int,
    bounds: tuple[int, int],
    file_number: int,
    task: str,
    statistics: dict[str, Statistics],
    videos: Iterable[FilmedEpisode],
    rate_hz: float,
) -> dict[str, Any]:
    """What `meta/episodes` says about an episode: its rows, files, task and statistics.

    bounds: its first frame in the dataset, and the one after its last
    """
    length = bounds[1] - bounds[0]
    row: dict[str, Any] = {"episode_index": index, "tasks": [task], "length": length}
    row |= dict(zip(("data/chunk_index", "data/file_index"), place(file_number), strict=True))
    row |= {"dataset_from_index": bounds[0], "dataset_to_index": bounds[1]}
    row |= {"meta/episodes/chunk_index": 0, "meta/episodes/file_index": 0}
    for video in videos:
        prefix = f"videos/{video.key}"
        row |= dict(zip((f"{prefix}/chunk_index", f"{prefix}/file_index"), place(index), strict=True))
        row |= {f"{prefix}/from_timestamp": 0.0, f"{prefix}/to_timestamp": length / rate_hz}
        statistics = statistics | {video.key: video.statistics}
    for feature, values in statistics.items():
        row |= {f"stats/{feature}/{name}": value for name, value in values.items()}
    return row


def task_table(tasks: Sequence[str]) -> pa.Table:
    """The tasks, as pandas would write a frame that is indexed by the task's text."""
    columns = [
        {"name": "task_index", "field_name": "task_index", "pandas_type": "int64", "numpy_type": "int64"},
        {"name": None, "field_name": _TASK_INDEX, "pandas_type": "unicode", "numpy_type": "object"},
    ]
    description = {
        "index_columns": [_TASK_INDEX],
        "column_indexes": [],
        "columns": [column | {"metadata": None} for column in columns],
        "pandas_version": None,
    }
    numbers = pa.array(range(len(tasks)), pa.int64())
    table = pa.table({"task_index": numbers, _TASK_INDEX: pa.array(tasks, pa.string())})
    return table.replace_schema_metadata({"pandas": json.dumps(description)})


def parquet_bytes(tables: Iterable[pa.Table]) -> bytes:
    """The content of a file that `write_parquet` makes."""
    sink = pa.BufferOutputStream()
    write_parquet(sink, tables)
    return sink.getvalue().to_pybytes()


def write_parquet(sink: Any, tables: Iterable[pa.Table]) -> None:
    """A parquet file in which each of the tables, which share their schema, is a row group of its own.

    sink: a path, or what pyarrow writes to
    """
    writer: pq.ParquetWriter | None = None
    for table in tables:
        writer = writer or pq.ParquetWriter(sink, table.schema, compression="zstd", write_page_checksum=True)
        writer.write_table(table)
    if writer is None:
        raise ValueError("a parquet file needs at least one table")
    writer.close()
