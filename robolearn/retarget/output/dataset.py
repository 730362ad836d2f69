"""Writes staged episodes as a LeRobot dataset v3.0, one at a time. Equal episodes give equal bytes."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from robolearn.data import layout
from robolearn.data.assembly import write_content, write_json_content
from robolearn.data.running_statistics import RunningStatistics
from robolearn.data.statistics import LEVELS, Statistics, column_statistics, picture_statistics
from robolearn.data.tables import (
    FilmedEpisode,
    arrow_table,
    counters,
    episode_row,
    parquet_bytes,
    task_table,
    write_parquet,
)
from robolearn.retarget.output.cut import copy_cut
from robolearn.retarget.output.modality import MODALITY, modality
from robolearn.retarget.output.shape import CONTROL_STEP, Shape, control_steps, rows_of
from robolearn.retarget.output.staged import Header, read_columns, read_histograms

_ROWS: Final = 64
"""Episodes whose statistics are in memory at once."""

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class _Entry:
    """An episode's place in the dataset.

    staged: its file
    bounds: its first row in the dataset, and the one after its last
    file: number of the file of frames
    task: number of what is told
    """

    index: int
    staged: Path
    header: Header
    bounds: tuple[int, int]
    file: int
    task: int


class TripletWriter:
    """Fills a folder with the parts of a dataset.

    folder: empty
    episodes: staged files with their headers, all of the same shape, in the dataset's order
    """

    def __init__(self, folder: Path, episodes: Sequence[tuple[Path, Header]], shape: Shape) -> None:
        self._folder = folder
        self._shape = shape
        self._features = shape.features()
        headers = [header for _, header in episodes]
        self._lengths = [rows_of(header) for header in headers]
        self._tasks = list(dict.fromkeys(header.language for header in headers))
        numbers = {task: number for number, task in enumerate(self._tasks)}
        bounds = itertools.pairwise(layout.offsets(self._lengths))
        files = layout.file_numbers(self._features, self._lengths)
        self._entries = [
            _Entry(index, staged, header, span, file, numbers[header.language])
            for index, ((staged, header), span, file) in enumerate(zip(episodes, bounds, files, strict=True))
        ]
        self._running: dict[str, RunningStatistics] = {}
        self._histograms = {camera: np.zeros((3, LEVELS), dtype=np.int64) for camera, _ in shape.videos}
        self._pictures = dict.fromkeys(self._histograms, 0)

    def write(self) -> None:
        """Read every episode twice, since quantiles are counted between extremes that must be known before.

        Raises UserError for staged files that are damaged and videos that are gone, OSError of the disk.
        """
        self._write_frames()
        self._write_episodes()
        self._write_videos()
        self._write_metadata()

    def _write_frames(self) -> None:
        for number, group in itertools.groupby(self._entries, key=lambda entry: entry.file):
            path = self._folder / layout.data_file(number)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_parquet(path, map(self._frames, group))

    def _frames(self, entry: _Entry) -> pa.Table:
        columns = self._columns(entry)
        for name, values in columns.items():
            self._running.setdefault(name, RunningStatistics()).add(values)
        return arrow_table(columns)

    def _columns(self, entry: _Entry) -> Columns:
        """All columns of an episode's rows, (rows,) or (rows, size)."""
        steps = control_steps(entry.header)
        columns: Columns = {name: values[steps] for name, values in read_columns(entry.staged).items()}
        done = np.arange(len(steps)) == len(steps) - 1
        columns |= {layout.DONE: done, CONTROL_STEP: steps}
        return columns | counters(len(steps), entry.index, entry.bounds[0], self._shape.rate, entry.task)

    def _write_episodes(self) -> None:
        path = self._folder / layout.EPISODES
        path.parent.mkdir(parents=True, exist_ok=True)
        write_parquet(path, self._episode_tables())

    def _episode_tables(self) -> Iterator[pa.Table]:
        for _, group in itertools.groupby(self._entries, key=lambda entry: entry.index // _ROWS):
            yield pa.Table.from_pylist([self._episode(entry) for entry in group])

    def _episode(self, entry: _Entry) -> dict[str, Any]:
        statistics: dict[str, Statistics] = {}
        for name, values in self._columns(entry).items():
            self._running[name].refine(values)
            statistics[name] = column_statistics(values)
        videos, rate = self._filmed(entry), self._shape.rate
        return episode_row(
            entry.index, entry.bounds, entry.file, entry.header.language, statistics, videos, rate
        )

    def _filmed(self, entry: _Entry) -> list[FilmedEpisode]:
        """The episode's videos, with statistics of their pictures, which the dataset's count, too."""
        found, keys = [], dict(self._shape.videos)
        for camera, histogram in read_histograms(entry.staged, list(keys)).items():
            pictures = len(entry.header.cuts[camera].pictures)
            self._histograms[camera] += histogram
            self._pictures[camera] += pictures
            found.append(FilmedEpisode(keys[camera].key, picture_statistics(histogram, pictures)))
        return found

    def _write_videos(self) -> None:
        for entry in self._entries:
            for camera, video in self._shape.videos:
                path = self._folder / layout.video_file(video.key, entry.index)
                copy_cut(entry.header.cuts[camera], path)

    def _write_metadata(self) -> None:
        statistics = {name: running.result() for name, running in self._running.items()}
        for camera, video in self._shape.videos:
            statistics[video.key] = picture_statistics(self._histograms[camera], self._pictures[camera])
        information = layout.information(self._features, self._shape.rate, self._lengths, len(self._tasks))
        write_content(self._folder, layout.TASKS, parquet_bytes([task_table(self._tasks)]))
        write_json_content(self._folder, layout.STATISTICS, statistics)
        write_json_content(self._folder, layout.INFO, information | {"robot_type": "unitree_g1"})
        write_json_content(self._folder, MODALITY, modality(self._shape))
