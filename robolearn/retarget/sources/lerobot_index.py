"""Where a LeRobot dataset of version 2 or 3 keeps the frames and videos of each episode."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from robolearn.data import layout
from robolearn.data.columns import read_parquet
from robolearn.errors import UserError
from robolearn.retarget.sources.json_lists import read_json_lines
from robolearn.retarget.trajectory import Clip
from robolearn.storage import read_json

VERSIONS: Final = ("v2.0", "v2.1", layout.CODEBASE_VERSION)

_EPISODES_V2 = "meta/episodes.jsonl"
_DATA_V2 = "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet"
_VIDEO_V2 = "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4"
_EPISODES_V3 = "meta/episodes"
_PLACES = ("data/chunk_index", "data/file_index", "dataset_from_index", "dataset_to_index")


@dataclass(frozen=True)
class Entry:
    """One episode.

    index: its number in the dataset
    file: of its frames, relative to the dataset
    first, end: its rows in that file; None for all
    language: what the robot was told to do
    videos: by camera
    """

    index: int
    file: str
    first: int | None
    end: int | None
    language: str
    videos: Mapping[str, Clip] = field(default_factory=dict)


def read_index(folder: Path) -> tuple[float, list[Entry]]:
    """Frames a second, and all episodes. Raises UserError for metadata that are missing or damaged."""
    path = folder / layout.INFO
    information = read_json(path)
    version, rate = information.get("codebase_version"), information.get("fps")
    if version not in VERSIONS:
        raise UserError(f"{path}: codebase_version is {version!r}, valid are {', '.join(VERSIONS)}")
    if not isinstance(rate, int | float) or not 0 < rate < float("inf"):
        raise UserError(f"{path}: fps is {rate!r}, expected a rate in Hz")
    try:
        entries = (_version_3 if version == layout.CODEBASE_VERSION else _version_2)(folder, information)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{folder / 'meta'} is damaged: {type(error).__name__} {error}") from error
    return float(rate), entries


def _cameras(information: Mapping[str, Any]) -> list[str]:
    return [key for key, feature in information["features"].items() if feature.get("dtype") == "video"]


def _version_2(folder: Path, information: Mapping[str, Any]) -> list[Entry]:
    """An episode is a file of frames, and one for each camera."""
    chunk_size = int(information.get("chunks_size", layout.FILES_PER_CHUNK))
    data = information.get("data_path") or _DATA_V2
    # Datasets retargeted from AgiBot World give a pattern for each camera.
    video = information.get("video_path") or _VIDEO_V2
    patterns = {key: video[key] if isinstance(video, dict) else video for key in _cameras(information)}
    entries = []
    for row in read_json_lines(folder / _EPISODES_V2):
        index = int(row["episode_index"])
        place = {"episode_chunk": index // chunk_size, "episode_index": index}
        videos = {
            key: Clip(folder / pattern.format(video_key=key, **place)) for key, pattern in patterns.items()
        }
        language = str(row["tasks"][0])
        entries.append(Entry(index, data.format(**place), None, None, language, _existing(videos)))
    return entries


def _version_3(folder: Path, information: Mapping[str, Any]) -> list[Entry]:
    """Episodes share files; rows count from the first of the dataset."""
    cameras = _cameras(information)
    data = information.get("data_path") or layout.DATA_PATTERN
    video = information.get("video_path") or layout.VIDEO_PATTERN
    rows: list[dict[str, Any]] = []
    columns = ["episode_index", "tasks", *_PLACES]
    for key in cameras:
        columns += [f"videos/{key}/{name}" for name in ("chunk_index", "file_index", "from_timestamp")]
    for path in sorted((folder / _EPISODES_V3).rglob("*.parquet")):
        rows += read_parquet(path, columns).to_pylist()
    begins: dict[tuple[int, int], int] = {}
    entries = []
    for row in rows:
        chunk, file, first, end = (row[name] for name in _PLACES)
        begin = begins.setdefault((chunk, file), first)
        name = data.format(chunk_index=chunk, file_index=file)
        videos = {key: _shared_clip(folder, video, key, row) for key in cameras}
        language = str(row["tasks"][0])
        entries.append(
            Entry(row["episode_index"], name, first - begin, end - begin, language, _existing(videos))
        )
    return entries


def _shared_clip(folder: Path, pattern: str, key: str, row: Mapping[str, Any]) -> Clip:
    chunk, file = row[f"videos/{key}/chunk_index"], row[f"videos/{key}/file_index"]
    path = folder / pattern.format(video_key=key, chunk_index=chunk, file_index=file)
    return Clip(path, float(row[f"videos/{key}/from_timestamp"]))


def _existing(videos: Mapping[str, Clip]) -> dict[str, Clip]:
    """Videos are often left behind when a dataset is copied: the hands do not need them."""
    return {key: clip for key, clip in videos.items() if clip.path.is_file()}
