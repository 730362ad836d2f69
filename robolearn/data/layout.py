"""Where a LeRobot dataset v3.0 keeps what, and how its `meta/info.json` describes the columns.

The layout is that of LeRobot's `CODEBASE_VERSION = "v3.0"` (lerobot 0.4, `lerobot/datasets/utils.py`):
many episodes share a file, and `meta/episodes` says which rows of which file are whose.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from robolearn.specification import TaskSpec, VectorSpec

CODEBASE_VERSION = "v3.0"
INFO = "meta/info.json"
STATISTICS = "meta/stats.json"
TASKS = "meta/tasks.parquet"
EPISODES = "meta/episodes/chunk-000/file-000.parquet"
RECORD = "meta/robolearn.json"
"""Our own file beside LeRobot's: the task's specification and where the episodes come from."""
RECORD_FORMAT = "robolearn dataset 1"

DATA_PATTERN = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
VIDEO_PATTERN = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
FILES_PER_CHUNK = 1000
DATA_FILE_MEBIBYTES = 100
VIDEO_FILE_MEBIBYTES = 200
"""LeRobot's defaults. Here a file of frames ends before it would outgrow that; each episode has a video."""

PARTS = ("data", "videos", "meta")
"""The folders of a dataset. It exists once `meta` does."""

STATE, ACTION, EXECUTED = "observation.state", "action", "action.executed"
REWARD, DONE, SUCCESS = "next.reward", "next.done", "next.success"


@dataclass(frozen=True)
class VideoFormat:
    """The pictures that a dataset holds, one for each frame.

    key: the feature's name
    width, height: of a picture [pixels]
    codec: as FFmpeg calls it
    pixel_format: likewise
    """

    key: str
    width: int
    height: int
    codec: str = "h264"
    pixel_format: str = "yuv420p"


def features(spec: TaskSpec, video: VideoFormat | None = None) -> dict[str, dict[str, Any]]:
    """The dataset's columns, as `meta/info.json` lists them. Units of vectors stand beside their names."""
    found = {STATE: spec.observation, ACTION: spec.action, EXECUTED: spec.action}
    columns = {name: vector_feature(vector) for name, vector in found.items()}
    if video is not None:
        columns[video.key] = video_feature(video, spec.control_rate_hz)
    return columns | scalar_features({REWARD: "float32", DONE: "bool", SUCCESS: "bool"})


def vector_feature(spec: VectorSpec) -> dict[str, Any]:
    """A column of float32 vectors. Units stand beside the names."""
    return {"dtype": "float32", "shape": [spec.size], **spec.to_json()}


def scalar_features(own: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """A dataset's own columns of single numbers, by name with their types, and those of every dataset."""
    scalars = {**own, "timestamp": "float32"}
    scalars |= dict.fromkeys(("frame_index", "episode_index", "index", "task_index"), "int64")
    return {name: {"dtype": kind, "shape": [1], "names": None} for name, kind in scalars.items()}


def video_feature(video: VideoFormat, rate_hz: float) -> dict[str, Any]:
    """Pictures that are shown at `rate_hz`."""
    details = {
        "video.height": video.height,
        "video.width": video.width,
        "video.codec": video.codec,
        "video.pix_fmt": video.pixel_format,
        "video.is_depth_map": False,
        "video.fps": frame_rate(rate_hz),
        "video.channels": 3,
        "has_audio": False,
    }
    shape = [video.height, video.width, 3]
    return {"dtype": "video", "shape": shape, "names": ["height", "width", "channels"], "info": details}


def frame_rate(rate_hz: float) -> int | float:
    """Frames a second; a whole number as an int, which LeRobot expects."""
    return int(rate_hz) if rate_hz == int(rate_hz) else rate_hz


def information(
    columns: Mapping[str, Mapping[str, Any]], rate_hz: float, lengths: Sequence[int], tasks: int = 1
) -> dict[str, Any]:
    """What `meta/info.json` holds, for episodes of `lengths` frames.

    columns: as `features` describes them
    tasks: how many there are
    """
    filmed = any(feature["dtype"] == "video" for feature in columns.values())
    return {
        "codebase_version": CODEBASE_VERSION,
        "robot_type": None,
        "total_episodes": len(lengths),
        "total_frames": sum(lengths),
        "total_tasks": tasks,
        "chunks_size": FILES_PER_CHUNK,
        "data_files_size_in_mb": DATA_FILE_MEBIBYTES,
        "video_files_size_in_mb": VIDEO_FILE_MEBIBYTES,
        "fps": frame_rate(rate_hz),
        "splits": {"train": f"0:{len(lengths)}"},
        "data_path": DATA_PATTERN,
        "video_path": VIDEO_PATTERN if filmed else None,
        "features": dict(columns),
    }


def place(number: int) -> tuple[int, int]:
    """Chunk and file index of the file `number`."""
    return divmod(number, FILES_PER_CHUNK)


def data_file(number: int) -> str:
    """Path of a file of frames, relative to the dataset."""
    chunk, file = place(number)
    return DATA_PATTERN.format(chunk_index=chunk, file_index=file)


def video_file(key: str, number: int) -> str:
    """Path of a video, relative to the dataset."""
    chunk, file = place(number)
    return VIDEO_PATTERN.format(video_key=key, chunk_index=chunk, file_index=file)


def file_numbers(columns: Mapping[str, Mapping[str, Any]], lengths: Sequence[int]) -> Iterator[int]:
    """For each episode, the file of frames that it goes to; columns as `features` describes them."""
    stored = [feature for feature in columns.values() if feature["dtype"] != "video"]
    frame_bytes = sum(np.dtype(feature["dtype"]).itemsize * feature["shape"][0] for feature in stored)
    capacity = DATA_FILE_MEBIBYTES * 2**20 // frame_bytes
    number, filled = 0, 0
    for length in lengths:
        if filled and filled + length > capacity:
            number, filled = number + 1, 0
        filled += length
        yield number


def offsets(lengths: Sequence[int]) -> list[int]:
    """First frame of each episode, and the end of the last."""
    return [0, *itertools.accumulate(lengths)]
