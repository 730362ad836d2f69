"""Writes LeRobot datasets with the poses of hands, versions 2.1 and 3.0."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from robolearn.retarget.quaternions import w_last
from robolearn.retarget.sources.lerobot import LeRobotColumns
from robolearn.retarget.trajectory import HandTrajectory

COLUMNS = LeRobotColumns()
CAMERA = "observation.images.head"


def frame_table(trajectory: HandTrajectory, nested: bool = False) -> pa.Table:
    """An episode's frames; nested: a list for each hand, as some converters write it."""
    position, orientation = trajectory.hand_position, w_last(trajectory.hand_quaternion)
    if not nested:
        position, orientation = (each.reshape(len(trajectory), -1) for each in (position, orientation))
    return pa.table(
        {
            COLUMNS.position: pa.array(np.float32(position).tolist(), _lists(position.ndim - 1)),
            COLUMNS.orientation: pa.array(np.float32(orientation).tolist(), _lists(orientation.ndim - 1)),
            COLUMNS.gripper: pa.array(
                trajectory.gripper.astype(np.float32).tolist(), pa.list_(pa.float32(), 2)
            ),
            "timestamp": np.float32(np.arange(len(trajectory)) / trajectory.rate),
        }
    )


def _lists(depth: int) -> pa.DataType:
    kind: Any = pa.float32()
    for _ in range(depth):
        kind = pa.list_(kind)
    return kind


def write_version_2(folder: Path, trajectories: Sequence[HandTrajectory], video: Any = None) -> None:
    """A file for each episode."""
    _information(folder, "v2.1", video, trajectories[0].rate)
    rows = []
    for index, trajectory in enumerate(trajectories):
        path = folder / f"data/chunk-000/episode_{index:06d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(frame_table(trajectory), path)
        row = {"episode_index": index, "tasks": [trajectory.language], "length": len(trajectory)}
        rows.append(json.dumps(row))
    (folder / "meta/episodes.jsonl").write_text("\n".join(rows) + "\n")


def write_version_3(folder: Path, trajectories: Sequence[HandTrajectory]) -> None:
    """All episodes but the last in a file, and the last in another; one video file for all."""
    _information(folder, "v3.0", None, trajectories[0].rate)
    (folder / "data/chunk-000").mkdir(parents=True)
    (folder / "meta/episodes/chunk-000").mkdir(parents=True)
    rows, first = [], 0
    for index, trajectory in enumerate(trajectories):
        row = {
            "episode_index": index,
            "tasks": [trajectory.language],
            "data/chunk_index": 0,
            "data/file_index": int(index == len(trajectories) - 1),
            "dataset_from_index": first,
            "dataset_to_index": first + len(trajectory),
            f"videos/{CAMERA}/chunk_index": 0,
            f"videos/{CAMERA}/file_index": 0,
            f"videos/{CAMERA}/from_timestamp": first / trajectory.rate,
        }
        rows.append(row)
        first += len(trajectory)
    groups = (trajectories[:-1], trajectories[-1:])
    for number, group in enumerate(groups):
        table = pa.concat_tables([frame_table(each, nested=True) for each in group])
        pq.write_table(table, folder / f"data/chunk-000/file-{number:03d}.parquet")
    pq.write_table(pa.Table.from_pylist(rows), folder / "meta/episodes/chunk-000/file-000.parquet")


def _information(folder: Path, version: str, video: Any, rate: float) -> None:
    (folder / "meta").mkdir(parents=True)
    features = {COLUMNS.position: {"dtype": "float32", "shape": [6]}, CAMERA: {"dtype": "video"}}
    information = {"codebase_version": version, "fps": rate, "features": features, "video_path": video}
    (folder / "meta/info.json").write_text(json.dumps(information))
