"""The dataset of triplets: what it holds, the same bytes however it came about, and wrong input."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from retargeted_fakes import content, random_episode, read_pictures, write_pictures
from robolearn.data import assembly, layout
from robolearn.data.columns import read_parquet, scalars, vectors
from robolearn.data.layout import EPISODES, INFO, RECORD, STATISTICS, TASKS
from robolearn.data.statistics import column_statistics
from robolearn.errors import UserError
from robolearn.retarget.output.modality import MODALITY
from robolearn.retarget.output.record import Provenance
from robolearn.retarget.output.workspace import STAGING, Workspace
from robolearn.retarget.retargeted import COLUMNS, RetargetedEpisode
from robolearn.retarget.sources import EpisodeRefused
from robolearn.retarget.sources.lerobot_index import read_index
from robolearn.retarget.trajectory import Clip
from robolearn.storage import write_bytes

FRAMES = "data/chunk-000/file-000.parquet"
CAMERA = "observation.images.head"
NAMES = ["1/0", "1/1", "1/2", "2/0", "2/1"]
IDENTITY = {"source": "beta", "mapping": {"lateral": 0.6667, "flange_to_wrist": (1.0, 0.0, 0.0, 0.0)}}
PROVENANCE = Provenance("beta", {"lateral": 0.6667}, {"manager": {"sha256": "ab"}})
SHARED = {"g": "6", "bf": "2", "sc_threshold": "0"}


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> list[RetargetedEpisode]:
    """Four episodes of 24, 12, 14 and 20 pictures; the second and third share a file."""
    folder = tmp_path_factory.mktemp("source")
    first = write_pictures(folder / "first.mp4", 24, {})
    shared = write_pictures(folder / "shared.mp4", 26, SHARED)
    last = write_pictures(folder / "last.mp4", 20, {"bf": "0"})
    clips = [Clip(first), Clip(shared), Clip(shared, 12 / 30), Clip(last)]
    told = ["pick up the cup", "wipe the table", "pick up the cup", "wipe the table"]
    names = [NAMES[0], NAMES[1], NAMES[3], NAMES[4]]
    return [
        random_episode(name, steps, language, {"head": clip})
        for name, steps, language, clip in zip(names, (40, 20, 23, 33), told, clips, strict=True)
    ]


def fill(workspace: Workspace, episodes: Sequence[RetargetedEpisode]) -> None:
    """Keep the episodes in this order, but for one that fell."""
    for episode in episodes:
        assert workspace.keep(episode)
    workspace.leave_out(NAMES[2], "the robot fell", 0.25)


def build(out: Path, episodes: Sequence[RetargetedEpisode]) -> dict[str, Any]:
    """A whole run."""
    workspace = Workspace(out, IDENTITY, NAMES)
    fill(workspace, episodes)
    return workspace.finish(PROVENANCE)


@pytest.fixture(scope="module")
def dataset(filmed: list[RetargetedEpisode], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    build(folder, filmed)
    return folder


def test_rows_are_the_control_steps_nearest_to_the_pictures(
    dataset: Path, filmed: list[RetargetedEpisode]
) -> None:
    path = dataset / FRAMES
    table = pq.read_table(path)
    steps = scalars(path, table, "control_step", np.int64)
    episode = scalars(path, table, "episode_index", np.int64)
    assert np.bincount(episode).tolist() == [24, 12, 14, 20]
    assert steps[:10].tolist() == [0, 2, 3, 5, 7, 8, 10, 12, 13, 15]
    for number, made in enumerate(filmed):
        own = steps[episode == number]
        times = np.arange(len(own)) / 30
        assert np.abs(own / made.rate - times).max() <= 0.5 / made.rate + 1e-9
        for name, spec in COLUMNS.items():
            found = vectors(path, table, name, spec.size)[episode == number]
            np.testing.assert_array_equal(found, made.columns[name][own])
        stamps = table["timestamp"].to_numpy()[episode == number]
        np.testing.assert_array_equal(stamps, times.astype(np.float32))


def test_counters_are_those_of_lerobot(dataset: Path) -> None:
    table = pq.read_table(dataset / FRAMES).to_pydict()
    lengths = [24, 12, 14, 20]
    assert table["frame_index"] == [frame for length in lengths for frame in range(length)]
    assert table["index"] == list(range(70))
    assert np.flatnonzero(table["next.done"]).tolist() == [23, 35, 49, 69]
    assert table["task_index"] == [0] * 24 + [1] * 12 + [0] * 14 + [1] * 20
    tasks = pq.read_table(dataset / TASKS).to_pydict()
    assert tasks == {"task_index": [0, 1], "__index_level_0__": ["pick up the cup", "wipe the table"]}


def test_information_names_every_column(dataset: Path) -> None:
    information = json.loads((dataset / INFO).read_text())
    assert (information["codebase_version"], information["fps"]) == ("v3.0", 30)
    totals = [information[f"total_{each}"] for each in ("episodes", "frames", "tasks")]
    assert (totals, information["robot_type"]) == ([4, 70, 2], "unitree_g1")
    features = information["features"]
    video = features.pop(CAMERA)
    assert (video["dtype"], video["shape"], video["info"]["video.fps"]) == ("video", [32, 32, 3], 30)
    assert (video["info"]["video.codec"], video["info"]["video.pix_fmt"]) == ("h264", "yuv420p")
    table = pq.read_table(dataset / FRAMES)
    assert list(features) == table.column_names
    for name, spec in COLUMNS.items():
        assert features[name] == {"dtype": "float32", "shape": [spec.size], **spec.to_json()}
        assert table.schema.field(name).type.list_size == spec.size


def test_videos_show_the_episodes(dataset: Path, filmed: list[RetargetedEpisode]) -> None:
    rate, entries = read_index(dataset)
    assert rate == 30
    for entry, made, frames in zip(entries, filmed, (24, 12, 14, 20), strict=True):
        assert entry.language == made.language
        clip, source = entry.videos[CAMERA], made.videos["head"]
        assert (clip.path, clip.begin) == (dataset / layout.video_file(CAMERA, entry.index), 0.0)
        times, pictures = read_pictures(clip.path)
        begin = round(source.begin * 30)
        expected = read_pictures(source.path)[1][begin : begin + frames]
        np.testing.assert_array_equal(pictures[:frames], expected)
        assert times[0] == 0.0
    whole = (dataset / layout.video_file(CAMERA, 0)).read_bytes()
    assert whole == filmed[0].videos["head"].path.read_bytes()


def test_statistics_are_those_of_the_rows(dataset: Path) -> None:
    statistics = json.loads((dataset / STATISTICS).read_text())
    table = pq.read_table(dataset / FRAMES)
    assert statistics.keys() == {*table.column_names, CAMERA}
    for name in table.column_names:
        values = np.array(table[name].to_pylist())
        expected, found = column_statistics(values), statistics[name]
        assert list(found) == list(expected)
        for exact in ("min", "max", "mean", "std", "count"):
            np.testing.assert_allclose(found[exact], expected[exact], rtol=1e-9, atol=1e-12)
    assert statistics[CAMERA]["count"] == [sum(_key_frames(dataset))]
    assert 0.0 <= statistics[CAMERA]["min"][0][0][0] < statistics[CAMERA]["max"][0][0][0] <= 1.0


def _key_frames(dataset: Path) -> list[int]:
    return [row[f"stats/{CAMERA}/count"][0] for row in pq.read_table(dataset / EPISODES).to_pylist()]


def test_episodes_say_where_they_are(dataset: Path) -> None:
    rows = pq.read_table(dataset / EPISODES).to_pylist()
    bounds = [(row["dataset_from_index"], row["dataset_to_index"]) for row in rows]
    assert bounds == [(0, 24), (24, 36), (36, 50), (50, 70)]
    actions = vectors(dataset / FRAMES, pq.read_table(dataset / FRAMES), "action", 32)
    for index, row in enumerate(rows):
        first, end = bounds[index]
        assert (row["episode_index"], row["length"]) == (index, end - first)
        assert row[f"videos/{CAMERA}/file_index"] == index
        assert row[f"videos/{CAMERA}/to_timestamp"] == pytest.approx((end - first) / 30)
        np.testing.assert_allclose(row["stats/action/mean"], actions[first:end].mean(axis=0), atol=1e-6)


def test_modality_slices_the_columns_by_parts_of_the_body(dataset: Path) -> None:
    described = json.loads((dataset / MODALITY).read_text())
    parts = {"left_arm", "right_arm", "left_hand", "right_hand", "left_leg", "right_leg", "waist"}
    assert described["state"].keys() == parts
    assert described["action"].keys() == parts | {"base_motion"}
    for kind in ("state", "action"):
        for part, place in described[kind].items():
            names = COLUMNS[place["original_key"]].names[place["start"] : place["end"]]
            marks = part.split("_")
            if part == "base_motion":
                marks = ["command"]
            elif marks[-1] in ("arm", "leg"):
                marks = marks[:1]
            assert all(mark in name for name in names for mark in marks), (part, names)
    sizes = {part: place["end"] - place["start"] for part, place in described["action"].items()}
    expected = {"arm": 7, "hand": 7, "leg": 6, "waist": 3, "motion": 4}
    assert all(size == expected[part.split("_")[-1]] for part, size in sizes.items())
    assert described["video"] == {"head": {"original_key": CAMERA}}
    assert described["annotation"] == {"human.action.task_description": {"original_key": "task_index"}}


def test_the_record_says_where_it_comes_from(dataset: Path, filmed: list[RetargetedEpisode]) -> None:
    record = json.loads((dataset / RECORD).read_text())
    assert record["format"] == "robolearn triplets 1"
    assert (record["source"], record["mapping"]) == ("beta", {"lateral": 0.6667})
    assert record["checkpoints"] == {"manager": {"sha256": "ab"}}
    assert record["settings"]["mapping.flange_to_wrist"] == [1.0, 0.0, 0.0, 0.0]
    assert "package" in record["code_version"]
    left_out = {"name": "1/2", "reason": "the robot fell", "hand_position_error_m": 0.25}
    assert record["left_out"] == [left_out]
    assert [each["name"] for each in record["episodes"]] == ["1/0", "1/1", "2/0", "2/1"]
    for each, made in zip(record["episodes"], filmed, strict=True):
        means = made.columns["tracking_error"].mean(axis=0)
        assert list(each["tracking_error"].values()) == pytest.approx(means.tolist(), abs=1e-6)
        assert each["control_steps"] == len(made)
    errors = np.concatenate([made.columns["tracking_error"] for made in filmed])
    summary = record["summary"]
    assert summary["hand_position_error_m"] == pytest.approx(errors[:, :2].mean(), abs=1e-6)
    assert summary["hand_orientation_error_deg"] == pytest.approx(np.degrees(errors[:, 2:].mean()), abs=1e-5)
    assert (summary["episodes"], summary["kept"], summary["frames"]) == (5, 4, 70)
    assert Workspace(dataset, IDENTITY, NAMES).finished() == summary | {"left_out": [left_out]}


def test_no_videos_at_the_episodes_own_rate(tmp_path: Path) -> None:
    episodes = [random_episode(name, 20 + place) for place, name in enumerate(NAMES[:2])]
    workspace = Workspace(tmp_path, IDENTITY, NAMES[:2])
    for episode in episodes:
        workspace.keep(episode)
    summary = workspace.finish(PROVENANCE)
    assert (summary["frames"], summary["rate_hz"], summary["cameras"]) == (41, 50.0, [])
    information = json.loads((tmp_path / INFO).read_text())
    assert (information["fps"], information["video_path"]) == (50, None)
    path = tmp_path / FRAMES
    table = read_parquet(path, ["action", "control_step"])
    assert table["control_step"].to_pylist() == [*range(20), *range(21)]
    expected = np.concatenate([episode.columns["action"] for episode in episodes])
    np.testing.assert_array_equal(vectors(path, table, "action", 32), expected)
    assert {entry.name for entry in tmp_path.iterdir()} == {"data", "meta"}


@pytest.mark.parametrize("order", [[3, 2, 1, 0], [1, 3, 0, 2]])
def test_the_order_of_finishing_makes_no_difference(
    tmp_path: Path, dataset: Path, filmed: list[RetargetedEpisode], order: list[int]
) -> None:
    build(tmp_path, [filmed[place] for place in order])
    assert content(tmp_path) == content(dataset)


@pytest.mark.parametrize("killed_at", ["write_bytes", "sync_tree", "_move_into_place"])
def test_a_killed_run_goes_on_to_the_same_bytes(
    tmp_path: Path,
    dataset: Path,
    filmed: list[RetargetedEpisode],
    killed_at: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def kill(*_: Any) -> None:
        raise KeyboardInterrupt

    workspace = Workspace(tmp_path, IDENTITY, NAMES)
    assert content(tmp_path) == {}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        if killed_at == "write_bytes":
            workspace.keep(filmed[2])
            patch.setattr("robolearn.retarget.output.workspace.write_bytes", kill)
            workspace.keep(filmed[0])
        else:
            fill(workspace, filmed)
            patch.setattr(assembly, killed_at, kill)
            workspace.finish(PROVENANCE)
    again = Workspace(tmp_path, IDENTITY, NAMES)
    assert again.done() == ({"2/0"} if killed_at == "write_bytes" else set(NAMES))
    fill(again, [episode for episode in filmed if episode.name not in again.done()])
    again.finish(PROVENANCE)
    assert content(tmp_path) == content(dataset)


def test_a_kill_after_the_dataset_is_complete(tmp_path: Path, dataset: Path) -> None:
    shutil.copytree(dataset, tmp_path, dirs_exist_ok=True)
    write_bytes(tmp_path / STAGING / "000001.json", b"half removed")
    workspace = Workspace(tmp_path, IDENTITY, NAMES)
    assert workspace.finished() == workspace.finish(PROVENANCE)
    assert content(tmp_path) == content(dataset)


@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize(
    ("identity", "names", "message"),
    [
        (IDENTITY | {"source": "alpha"}, NAMES, "holds a retargeting with source=beta, not source=alpha"),
        (
            IDENTITY | {"mapping": {"lateral": 0.7}},
            NAMES,
            "with mapping.lateral=0.6667, not mapping.lateral=",
        ),
        (IDENTITY, NAMES[:4], "with source_episodes=5, not source_episodes=4"),
        (IDENTITY, [*NAMES[:4], "2/7"], "with source_episodes_sha256="),
    ],
)
def test_other_settings_need_another_place(
    tmp_path: Path,
    filmed: list[RetargetedEpisode],
    dataset: Path,
    finished: bool,
    identity: dict[str, Any],
    names: list[str],
    message: str,
) -> None:
    if not finished:
        Workspace(tmp_path, IDENTITY, NAMES).leave_out(NAMES[0], "the robot fell")
    with pytest.raises(UserError) as caught:
        Workspace(dataset if finished else tmp_path, identity, names)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_foreign_dataset_is_not_replaced(tmp_path: Path) -> None:
    write_bytes(tmp_path / "data" / "mine", b"")
    with pytest.raises(UserError, match="already holds 'data'"):
        Workspace(tmp_path, IDENTITY, NAMES)


def test_episodes_whose_videos_differ_from_most_are_left_out(
    tmp_path: Path, filmed: list[RetargetedEpisode]
) -> None:
    workspace = Workspace(tmp_path, IDENTITY, NAMES)
    workspace.keep(random_episode(NAMES[0], 30))
    for episode in filmed[1:3]:
        workspace.keep(episode)
    workspace.leave_out(NAMES[2], "the robot fell")
    late = replace(filmed[1], name=NAMES[4], videos={"head": Clip(filmed[1].videos["head"].path, 0.1)})
    assert not workspace.keep(late)
    left_out = {each["name"]: each["reason"] for each in workspace.finish(PROVENANCE)["left_out"]}
    assert list(left_out) == [NAMES[0], NAMES[2], NAMES[4]]
    shown = f"{CAMERA} 32x32 h264 yuv420p at 30 Hz"
    assert left_out[NAMES[0]] == f"it has no videos at 50 Hz, most episodes have {shown}"
    assert left_out[NAMES[4]].startswith("its video 'head' has no key frame at 0.1 s")


def test_nothing_kept_is_no_dataset(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, IDENTITY, NAMES[:1])
    workspace.leave_out(NAMES[0], "the robot fell", 0.3)
    with pytest.raises(UserError, match="no episode of beta was kept: 1/0 was left out because the robot"):
        workspace.finish(PROVENANCE)
    assert not (tmp_path / "meta").exists()


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        (
            "action",
            np.zeros((20, 31), np.float32),
            r"'action' has shape \(20, 31\) in float32, expected \(20",
        ),
        ("action", np.zeros((20, 32)), r"in float64, expected \(20, 32\) in float32"),
        ("observation.imu", np.zeros((19, 7), np.float32), r"'observation.imu' has shape \(19, 7\)"),
        ("observation.state", np.full((20, 43), np.nan, np.float32), "is nan in step 0, entry 'left_hip_p"),
        ("tracking_error", None, "the column 'tracking_error' is missing"),
    ],
)
def test_columns_that_are_wrong(tmp_path: Path, column: str, values: Any, message: str) -> None:
    episode = random_episode(NAMES[0], 20)
    columns = dict(episode.columns) | {column: values}
    if values is None:
        del columns[column]
    with pytest.raises(EpisodeRefused, match=f"episode 1/0 is refused: .*{message}"):
        Workspace(tmp_path, IDENTITY, NAMES).keep(replace(episode, columns=columns))
    assert content(tmp_path) == {}


def test_no_words_and_no_steps(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, IDENTITY, NAMES)
    with pytest.raises(EpisodeRefused, match="no task in words"):
        workspace.keep(random_episode(NAMES[0], 20, " "))
    with pytest.raises(EpisodeRefused, match="no steps"):
        workspace.keep(random_episode(NAMES[0], 0))


def test_a_damaged_file_in_waiting_is_named(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, IDENTITY, NAMES[:1])
    workspace.keep(random_episode(NAMES[0], 20))
    path = tmp_path / STAGING / "000000.safetensors"
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(UserError, match=r"000000\.safetensors is not an episode in waiting"):
        workspace.finish(PROVENANCE)
