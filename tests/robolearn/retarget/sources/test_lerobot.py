"""LeRobot datasets with hands: what comes back, and one named refusal for each thing that may be wrong."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hand_trajectories import random_trajectory
from lerobot_hands import CAMERA, COLUMNS, frame_table, write_version_2, write_version_3
from robolearn.errors import UserError
from robolearn.retarget.quaternions import angle_between
from robolearn.retarget.sources import EpisodeRefused, open_source, stream
from robolearn.retarget.sources.lerobot import LeRobotColumns
from robolearn.retarget.trajectory import HandTrajectory

MADE = [replace(random_trajectory(9 + place, place), language=f"task {place}") for place in range(3)]
SECOND = "data/chunk-000/episode_000001.parquet"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lerobot")
    write_version_2(folder / "v2", MADE)
    write_version_3(folder / "v3", MADE)
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "lerobot"))


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_episodes_come_back(pristine: Path, version: str) -> None:
    source = open_source(pristine / version)
    assert source.names() == ["000000", "000001", "000002"]
    for name, made in zip(source.names(), MADE, strict=True):
        found = source.read(name)
        assert (found.name, found.rate, found.language) == (name, 30.0, made.language)
        np.testing.assert_array_equal(found.hand_position, np.float32(made.hand_position))
        np.testing.assert_array_equal(found.gripper, np.float32(made.gripper))
        assert angle_between(found.hand_quaternion, made.hand_quaternion).max() < 1e-6


def test_any_order_of_reading(pristine: Path) -> None:
    source = open_source(pristine / "v3")
    lengths = [len(source.read(name)) for name in ("000002", "000000", "000002", "000001")]
    assert lengths == [11, 9, 11, 10]


def test_files_in_doubles_and_other_names(folder: Path) -> None:
    table = frame_table(MADE[1])
    doubles = pa.array(np.float64(table[COLUMNS.position].to_pylist()).tolist(), pa.list_(pa.float64()))
    place = table.schema.get_field_index(COLUMNS.position)
    renamed = table.set_column(place, "hands", doubles)
    pq.write_table(renamed, folder / "v2" / SECOND)
    columns = LeRobotColumns(position="hands", quaternion_order="wxyz", gripper_open=2.0, gripper_closed=-2.0)
    found = open_source(folder / "v2", columns).read("000001")
    np.testing.assert_array_equal(found.hand_position, np.float32(MADE[1].hand_position))
    np.testing.assert_allclose(found.gripper, 0.5 - np.float32(MADE[1].gripper) / 4, atol=1e-7)
    np.testing.assert_allclose(found.hand_quaternion[..., 3], MADE[1].hand_quaternion[..., 0], atol=1e-6)


@pytest.mark.parametrize("per_camera", [False, True])
def test_videos_of_version_2(tmp_path: Path, per_camera: bool) -> None:
    pattern = "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4"
    write_version_2(tmp_path, MADE, {CAMERA: pattern} if per_camera else pattern)
    path = tmp_path / f"videos/chunk-000/{CAMERA}/episode_000002.mp4"
    path.parent.mkdir(parents=True)
    path.touch()
    source = open_source(tmp_path)
    assert source.read("000001").videos == {}
    clip = source.read("000002").videos[CAMERA]
    assert (clip.path, clip.begin) == (path, 0.0)


def test_videos_of_version_3_start_within_a_file(folder: Path) -> None:
    path = folder / f"v3/videos/{CAMERA}/chunk-000/file-000.mp4"
    path.parent.mkdir(parents=True)
    path.touch()
    clip = open_source(folder / "v3").read("000001").videos[CAMERA]
    assert (clip.path, clip.begin) == (path, pytest.approx(0.3))


def _reason(folder: Path) -> str:
    """The others are read, and the bad one is named."""
    episodes = list(stream(open_source(folder)))
    read = [each.name for each in episodes if isinstance(each, HandTrajectory)]
    (refusal,) = (each for each in episodes if isinstance(each, EpisodeRefused))
    assert (read, refusal.episode) == (["000000", "000002"], "000001")
    assert "\n" not in refusal.reason
    return refusal.reason


def _edit(column: str, change: Callable[[Any], Any], kind: Any = None) -> Callable[[Path], None]:
    def apply(path: Path) -> None:
        table = pq.read_table(path)
        place = table.schema.get_field_index(column)
        values = change(table[column].to_pylist())
        pq.write_table(table.set_column(place, column, pa.array(values, kind or table[column].type)), path)

    return apply


def _entry(row: int, entry: int, value: float | None) -> Callable[[Any], Any]:
    def change(values: Any) -> Any:
        values[row][entry] = value
        return values

    return change


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_truncate, "episode_000001.parquet is damaged"),
        (lambda path: path.unlink(), "episode_000001.parquet is missing"),
        (lambda path: path.write_text("PAR1"), "episode_000001.parquet is damaged"),
        (lambda path: path.write_bytes(b"\x80\x04"), "is a pickle: only parquet is read here"),
        (lambda path: pq.write_table(pq.read_table(path)[:0], path), "it is empty: 0 frames"),
        (lambda path: pq.write_table(pq.read_table(path).drop(["timestamp"]), path), "lacks the column"),
        (_edit(COLUMNS.position, lambda values: [row[:5] for row in values]), "has 5 entries a frame, exp"),
        (_edit(COLUMNS.position, lambda values: [*values[:-1], [0.0]]), "as many entries in every frame"),
        (_edit(COLUMNS.position, lambda values: [*values[:-1], None]), "as many entries in every frame"),
        (_edit(COLUMNS.position, _entry(3, 4, None)), "expected 6 floating point numbers a frame"),
        (_edit(COLUMNS.position, _entry(3, 4, np.nan)), "is nan in frame 3, right"),
        (
            _edit(COLUMNS.position, lambda values: range(len(values)), pa.int64()),
            "is int64, expected 6 float",
        ),
        (_edit(COLUMNS.orientation, lambda values: [[0.0] * 8 for _ in values]), "has length 0 in frame 0"),
        (_edit(COLUMNS.gripper, _entry(2, 1, 7.0)), "is 7 in frame 2, right: expected 0 (open) to 1"),
        (_edit("timestamp", lambda values: [2 * value for value in values]), "come at 15 Hz, the dataset's"),
        (_edit("timestamp", lambda values: [*values[:-1], 9.0]), "'timestamp' is irregular"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_is_read(
    folder: Path, change: Callable[[Path], None], reason: str
) -> None:
    change(folder / "v2" / SECOND)
    assert reason in _reason(folder / "v2")


def test_rows_that_a_shared_file_does_not_have(folder: Path) -> None:
    path = folder / "v3/meta/episodes/chunk-000/file-000.parquet"
    _edit("dataset_to_index", lambda values: [values[0], 90, values[2]])(path)
    assert "its rows are 9 to 90, but data/chunk-000/file-000.parquet has 19 rows" in _reason(folder / "v3")


def _information(folder: Path, **changes: Any) -> None:
    path = folder / "meta/info.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("version", ["v2", "v3"])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"codebase_version": "v1.6"}, r"codebase_version is 'v1\.6', valid are v2\.0, v2\.1, v3\.0"),
        ({"fps": 0}, "fps is 0, expected a rate"),
        ({"fps": "30"}, "fps is '30', expected a rate"),
        ({"features": []}, "meta is damaged"),
        ({"data_path": "data/{chunk}.parquet"}, "meta is damaged"),
    ],
)
def test_damaged_metadata(folder: Path, version: str, changes: dict[str, Any], message: str) -> None:
    _information(folder / version, **changes)
    with pytest.raises(UserError, match=message):
        open_source(folder / version)


def test_episode_lists_that_are_damaged(folder: Path) -> None:
    (folder / "v2/meta/episodes.jsonl").write_text('{"episode_index": 0')
    with pytest.raises(UserError, match=r"episodes\.jsonl is damaged: not JSON"):
        open_source(folder / "v2")
    (folder / "v2/meta/episodes.jsonl").write_text('{"episode_index": 0, "tasks": []}')
    with pytest.raises(UserError, match="meta is damaged: IndexError"):
        open_source(folder / "v2")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (LeRobotColumns(quaternion_order="xwyz"), "unknown quaternion_order 'xwyz': valid are wxyz, xyzw"),
        (LeRobotColumns(gripper_closed=0.0), r"gripper_open=0\.0 is not valid"),
    ],
)
def test_columns_that_make_no_sense(pristine: Path, columns: LeRobotColumns, message: str) -> None:
    with pytest.raises(UserError, match=message):
        open_source(pristine / "v2", columns)
