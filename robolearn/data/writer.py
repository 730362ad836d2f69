"""Writes a LeRobot dataset v3.0. Equal episodes give equal bytes."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from robolearn.data import layout
from robolearn.data.assembly import assembled, refuse_older, write_content, write_json_content
from robolearn.data.episode import Episode
from robolearn.data.statistics import Statistics, column_statistics, picture_statistics
from robolearn.data.tables import (
    FilmedEpisode,
    arrow_table,
    episode_row,
    frame_columns,
    parquet_bytes,
    task_table,
)
from robolearn.data.video import Film
from robolearn.errors import UserError
from robolearn.specification import TaskSpec


@dataclass(frozen=True)
class Footage:
    """Pictures that go with the episodes.

    format: the feature's name and the pictures' size
    films: one for each episode, with as many pictures as the episode has steps
    """

    format: layout.VideoFormat
    films: Sequence[Film]


def write_dataset(
    path: Path,
    spec: TaskSpec,
    episodes: Sequence[Episode],
    provenance: Mapping[str, Any],
    footage: Footage | None = None,
    replace: bool = False,
) -> None:
    """Write a dataset into the folder `path`, beside whatever else is there.

    It appears whole: its `meta` is what makes it a dataset, and comes last. While an older one is replaced
    there is none for a moment.

    provenance: where the episodes come from, kept as JSON in `meta/robolearn.json`
    replace: remove an older dataset, or what a kill left of one

    Raises UserError for no episodes, ones that do not fit `spec`, or an older dataset, and as
    `storage.disk_errors`.
    """
    _check(spec, episodes)
    if not replace:
        refuse_older(path)
    lengths = [len(episode) for episode in episodes]
    columns = [
        frame_columns(episode, index, first, spec.control_rate_hz)
        for index, (episode, first) in enumerate(zip(episodes, layout.offsets(lengths), strict=False))
    ]
    described = layout.features(spec, footage and footage.format)
    numbers = list(layout.file_numbers(described, lengths))
    with assembled(path) as new:
        _write_frames(new, columns, numbers)
        _write_episodes(new, spec, columns, lengths, numbers, footage)
        write_content(new, layout.TASKS, parquet_bytes([task_table([spec.name])]))
        write_json_content(new, layout.STATISTICS, _statistics(columns, footage))
        write_json_content(new, layout.INFO, layout.information(described, spec.control_rate_hz, lengths))
        record = {"format": layout.RECORD_FORMAT, "spec": spec.to_json(), "provenance": dict(provenance)}
        write_json_content(new, layout.RECORD, record)
        if footage is not None:
            for index, film in enumerate(footage.films):
                write_content(new, layout.video_file(footage.format.key, index), film.mp4)


def _check(spec: TaskSpec, episodes: Sequence[Episode]) -> None:
    if not episodes:
        raise UserError("a dataset needs at least one episode")
    for index, episode in enumerate(episodes):
        count = len(episode)
        expected = {
            "observation": (count, spec.observation.size),
            "action": (count, spec.action.size),
            "executed": (count, spec.action.size),
            "reward": (count,),
        }
        for name, shape in expected.items():
            values = getattr(episode, name)
            if tuple(values.shape) != shape or not count:
                raise UserError(f"episode {index}: {name} has shape {tuple(values.shape)}, expected {shape}")
            if not bool(values.isfinite().all()):
                raise UserError(f"episode {index}: {name} is not finite")


def _write_frames(folder: Path, columns: Sequence[dict[str, NDArray[Any]]], numbers: Sequence[int]) -> None:
    numbered = zip(numbers, columns, strict=True)
    for number, group in itertools.groupby(numbered, key=lambda pair: pair[0]):
        content = parquet_bytes(arrow_table(episode) for _, episode in group)
        write_content(folder, layout.data_file(number), content)


def _write_episodes(
    folder: Path,
    spec: TaskSpec,
    columns: Sequence[dict[str, NDArray[Any]]],
    lengths: Sequence[int],
    numbers: Sequence[int],
    footage: Footage | None,
) -> None:
    bounds = itertools.pairwise(layout.offsets(lengths))
    rows = [
        episode_row(
            index,
            span,
            number,
            spec.name,
            {name: column_statistics(values) for name, values in episode.items()},
            _filmed(footage, index),
            spec.control_rate_hz,
        )
        for index, (span, number, episode) in enumerate(zip(bounds, numbers, columns, strict=True))
    ]
    write_content(folder, layout.EPISODES, parquet_bytes([pa.Table.from_pylist(rows)]))


def _filmed(footage: Footage | None, index: int) -> list[FilmedEpisode]:
    if footage is None:
        return []
    film = footage.films[index]
    return [FilmedEpisode(footage.format.key, picture_statistics(film.histogram, film.frames))]


def _statistics(columns: Sequence[dict[str, NDArray[Any]]], footage: Footage | None) -> dict[str, Statistics]:
    """Of each feature over the whole dataset."""
    found = {
        name: column_statistics(np.concatenate([episode[name] for episode in columns])) for name in columns[0]
    }
    if footage is not None:
        histogram = np.sum([film.histogram for film in footage.films], axis=0)
        frames = sum(film.frames for film in footage.films)
        found[footage.format.key] = picture_statistics(histogram, frames)
    return found
