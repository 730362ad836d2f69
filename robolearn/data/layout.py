"""Where a LeRobot dataset v3.0 keeps what, and how its `meta/info.json` describes the columns.

The layout is that of LeRobot's `CODEBASE_VERSION = "v3.0"` (lerobot 0.4, `lerobot/datasets/utils.py`):
many episodes share a file, and `meta/episodes` says which rows of which file are whose.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

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
    width, height: of a picture [pixels], even numbers
    """

    key: str
    width: int
    height: int


def features(spec: TaskSpec, video: VideoFormat | None = None) -> dict[str, dict[str, Any]]:
    """The dataset's columns, as `meta/info.json` lists them. Units of vectors stand beside their names."""
    found = {STATE: _vector(spec.observation), ACTION: _vector(spec.action), EXECUTED: _vector(spec.action)}
    if video is not None:
        found[video.key] = _pictures(spec, video)
    scalars = {REWARD: "float32", DONE: "bool", SUCCESS: "bool", "timestamp": "float32"}
    scalars |= dict.fromkeys(("frame_index", "episode_index", "index", "task_index"), "int64")
    return found | {name: {"dtype": kind, "shape": [1], "names": None} for name, kind in scalars.items()}


def _vector(spec: VectorSpec) -> dict[str, Any]:
    return {"dtype": "float32", "shape": [spec.size], **spec.to_json()}


def _pictures(spec: TaskSpec, video: VideoFormat) -> dict[str, Any]:
    details = {
        "video.height": video.height,
        "video.width": video.width,
        "video.codec": "h264",
        "video.pix_fmt": "yuv420p",
        "video.is_depth_map": False,
        "video.fps": frame_rate(spec),
        "video.channels": 3,
        "has_audio": False,
    }
    shape = [video.height, video.width, 3]
    return {"dtype": "video", "shape": shape, "names": ["height", "width", "channels"], "info": details}


def frame_rate(spec: TaskSpec) -> int | float:
    """Frames a second; a whole number as an int, which LeRobot expects."""
    rate = spec.control_rate_hz
    return int(rate) if rate == int(rate) else rate


def information(spec: TaskSpec, lengths: Sequence[int], video: VideoFormat | None = None) -> dict[str, Any]:
    """What `meta/info.json` holds, for episodes of `lengths` frames."""
    return {
        "codebase_version": CODEBASE_VERSION,
        "robot_type": None,
        "total_episodes": len(lengths),
        "total_frames": sum(lengths),
        "total_tasks": 1,
        "chunks_size": FILES_PER_CHUNK,
        "data_files_size_in_mb": DATA_FILE_MEBIBYTES,
        "video_files_size_in_mb": VIDEO_FILE_MEBIBYTES,
        "fps": frame_rate(spec),
        "splits": {"train": f"0:{len(lengths)}"},
        "data_path": DATA_PATTERN,
        "video_path": None if video is None else VIDEO_PATTERN,
        "features": features(spec, video),
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


def file_numbers(spec: TaskSpec, lengths: Sequence[int]) -> Iterator[int]:
    """For each episode, the file of frames that it goes to."""
    frame_bytes = 4 * (spec.observation.size + 2 * spec.action.size + 2) + 8 * 4 + 2
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
