"""AgiBot World's folders: what comes back, and one named refusal for each thing that may be wrong."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hand_trajectories import few_scripts, write_agibot
from robolearn.retarget.generator.episode import perform
from robolearn.retarget.quaternions import angle_between
from robolearn.retarget.sources import EpisodeRefused, agibot_layout, open_source, stream
from robolearn.retarget.trajectory import Clip, HandTrajectory

SCRIPTS = few_scripts()
BAD = "1/8"
GOOD = ["1/0", "1/16"]
FILE = f"proprio_stats/{BAD}/proprio_stats.h5"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agibot")
    write_agibot(folder, SCRIPTS)
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "agibot"))


def _read(folder: Path) -> tuple[list[HandTrajectory], list[EpisodeRefused]]:
    read, refused = [], []
    for episode in stream(open_source(folder)):
        (read if isinstance(episode, HandTrajectory) else refused).append(episode)
    return read, refused


def _reason(folder: Path) -> str:
    """The others are read, and the bad one is named."""
    read, refused = _read(folder)
    assert [each.name for each in read] == GOOD
    (refusal,) = refused
    assert refusal.episode == BAD
    assert str(refusal) == f"episode {BAD} is refused: {refusal.reason}"
    assert "\n" not in refusal.reason
    return refusal.reason


def test_a_generated_episode_comes_back(pristine: Path) -> None:
    read, refused = _read(pristine)
    assert not refused
    for script, found in zip(SCRIPTS, read, strict=True):
        made = perform(script)
        assert (found.name, found.rate, found.language) == (made.name, 30.0, made.language)
        np.testing.assert_array_equal(found.hand_position, np.float32(made.hand_position))
        np.testing.assert_array_equal(found.gripper, np.float32(made.gripper))
        np.testing.assert_allclose(found.hand_quaternion, np.float32(made.hand_quaternion), atol=2e-7)
        assert angle_between(found.hand_quaternion, made.hand_quaternion).max() < 1e-6


def test_episodes_come_by_number(pristine: Path) -> None:
    assert open_source(pristine).names() == ["1/0", "1/8", "1/16"]


def test_w_is_last_on_disk_and_first_in_memory(folder: Path) -> None:
    quaternion = np.array([0.1, 0.2, 0.3, np.sqrt(0.86)])
    _edit(agibot_layout.ORIENTATION, lambda values: np.broadcast_to(quaternion, values.shape))(folder)
    found = open_source(folder).read(BAD).hand_quaternion
    np.testing.assert_allclose(found[7, 1], [np.sqrt(0.86), 0.1, 0.2, 0.3], atol=1e-12)


def test_videos_are_found_where_there_are_any(folder: Path) -> None:
    videos = folder / "observations" / BAD / "videos"
    videos.mkdir(parents=True)
    for name in ("head_color.mp4", "hand_left_color.mp4", "notes.txt"):
        (videos / name).touch()
    source = open_source(folder)
    expected = {name: Clip(videos / f"{name}.mp4") for name in ("hand_left_color", "head_color")}
    assert source.read(BAD).videos == expected
    assert source.read("1/0").videos == {}


Change = Callable[[Path], None]


def _edit(name: str, change: Callable[[np.ndarray], Any]) -> Change:
    """Replace an array by what `change` makes of it; None leaves it out."""

    def apply(folder: Path) -> None:
        with h5py.File(folder / FILE, "r+") as file:
            dataset = file[name]
            assert isinstance(dataset, h5py.Dataset)
            values = change(dataset[()])
            del file[name]
            if values is not None:
                file.create_dataset(name, data=values)

    return apply


def _set(name: str, place: Any, value: float) -> Change:
    def change(values: np.ndarray) -> np.ndarray:
        values[place] = value
        return values

    return _edit(name, change)


def _file(change: Callable[[bytes], bytes]) -> Change:
    return lambda folder: _rewrite(folder / FILE, change)


def _rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def _without_text(folder: Path) -> None:
    path = folder / "task_info/task_1.json"
    entries = json.loads(path.read_text())
    path.write_text(json.dumps([entry for entry in entries if str(entry["episode_id"]) != "8"]))


def _array_for_group(folder: Path) -> None:
    with h5py.File(folder / FILE, "r+") as file:
        del file["state"]
        file.create_dataset("state", data=[1.0, 2.0])


POSITION, ORIENTATION = agibot_layout.POSITION, agibot_layout.ORIENTATION
STAMPS, ACTION = agibot_layout.TIMESTAMP, agibot_layout.GRIPPER_ACTION


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_file(lambda content: content[: len(content) // 2]), "proprio_stats.h5 is damaged: "),
        (_file(lambda content: content[:100]), "proprio_stats.h5 is damaged: "),
        (_file(lambda _: b""), "proprio_stats.h5 is damaged: "),
        (_file(lambda content: b"\0" * 512 + content[512:]), "proprio_stats.h5 is damaged: "),
        (lambda folder: (folder / FILE).unlink(), "proprio_stats.h5 is missing"),
        (_without_text, "task_info/task_1.json does not say what it is about"),
        (_edit(POSITION, lambda _: None), "'state/end/position' is missing"),
        (_edit(STAMPS, lambda _: None), "'timestamp' is missing"),
        (_edit(POSITION, lambda _: h5py.Empty("f")), "'state/end/position' is missing"),
        (_edit(POSITION, lambda _: 3.0), "'state/end/position' has shape (), expected (N, 2, 3)"),
        (_edit(POSITION, lambda _: ["a", "b"]), "is object, expected floating point numbers"),
        (_array_for_group, "'state/end/position' is missing"),
        (_edit(POSITION, lambda values: values[:, :1]), "has shape ({n}, 1, 3), expected (N, 2, 3)"),
        (_edit(POSITION, lambda values: values[:-2]), "'state/end/position' has {n-2} frames, expected {n}"),
        (_edit(POSITION, lambda values: values.astype(int)), "is int64, expected floating point numbers"),
        (_edit(STAMPS, lambda values: values / 1e9), "'timestamp' is float64, expected integer numbers"),
        (_edit(STAMPS, lambda values: values[:0]), "it is empty: 0 frames"),
        (_edit(STAMPS, lambda values: values[:1]), "it has 1 frame: a trajectory takes at least 2"),
        (
            _edit(STAMPS, lambda values: np.where(values > 3e9, 2 * values, values)),
            "'timestamp' is irregular",
        ),
        (_edit(STAMPS, lambda values: values[::-1]), "'timestamp' does not increase after frame 0"),
        (_set(POSITION, (7, 1, 2), np.nan), "'state/end/position' is nan in frame 7, right"),
        (_set(ORIENTATION, (9, 0, 1), np.inf), "'state/end/orientation' is inf in frame 9, left"),
        (_set(ORIENTATION, (9, 0), 0.0), "'state/end/orientation' has length 0 in frame 9, left: expected 1"),
        (_edit(POSITION, lambda values: 1000 * values), "expected at most 3.0 m"),
        (_edit(ACTION, lambda values: np.repeat(values, 4, axis=1)), "has 8 entries a frame, expected 2"),
        (_edit(ACTION, lambda values: np.append(values, values, 0)), "has {2n} frames, expected {n}"),
        (_set(ACTION, (3, 1), 60.0), "'action/effector/position' is 60 in frame 3, right: expected 0 (open)"),
        (_set(agibot_layout.BASE_POSITION, (5, 0), 0.4), "its base moves by 0.40 m"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_is_read(folder: Path, change: Change, reason: str) -> None:
    frames = SCRIPTS[1].frames
    change(folder)
    for name, count in {"{n}": frames, "{n-2}": frames - 2, "{2n}": 2 * frames}.items():
        reason = reason.replace(name, str(count))
    assert reason in _reason(folder)


def test_grippers_as_measured_where_no_command_is_recorded(folder: Path) -> None:
    expected = open_source(folder).read(BAD).gripper
    _edit(ACTION, lambda values: np.zeros((0,), np.float32))(folder)
    np.testing.assert_allclose(open_source(folder).read(BAD).gripper, expected, atol=1e-5)
    _edit(agibot_layout.GRIPPER_STATE, lambda _: None)(folder)
    assert "'state/effector/position' is missing" in _reason(folder)


def test_dexterous_hands_close_with_their_joints(folder: Path) -> None:
    def fingers(values: np.ndarray) -> np.ndarray:
        angles = np.zeros((len(values), 12))
        angles[:, 6:] = np.linspace(0.0, 1.5, len(values))[:, None]
        return angles

    _edit(ACTION, fingers)(folder)
    found = open_source(folder).read(BAD).gripper
    np.testing.assert_allclose(found[:, 0], 0.0)
    np.testing.assert_allclose(found[:, 1], np.linspace(0.0, 1.0, len(found)))
    _set(ACTION, (4, 8), np.nan)(folder)
    assert "'action/effector/position' is nan in frame 4, right" in _reason(folder)


def test_a_damaged_list_of_tasks_refuses_its_episodes(folder: Path) -> None:
    (folder / "task_info/task_1.json").write_text('[{"episode_id"')
    read, refused = _read(folder)
    assert not read
    assert [each.episode for each in refused] == ["1/0", "1/8", "1/16"]
    assert "task_1.json is damaged: not JSON" in refused[0].reason


@settings(max_examples=30)
@given(share=st.floats(0.0, 1.0, exclude_max=True))
def test_a_copy_that_stopped_anywhere_is_refused(pristine: Path, share: float) -> None:
    content = (pristine / FILE).read_bytes()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / FILE).parent.mkdir(parents=True)
        shutil.copytree(pristine / "task_info", folder / "task_info")
        (folder / FILE).write_bytes(content[: int(len(content) * share)])
        with pytest.raises(EpisodeRefused, match=r"proprio_stats\.h5 is damaged"):
            open_source(folder).read(BAD)


def test_a_header_that_promises_too_much(folder: Path) -> None:
    def huge(folder: Path) -> None:
        with h5py.File(folder / FILE, "r+") as file:
            del file[STAMPS]
            file.create_dataset(STAMPS, shape=(10**12,), dtype=np.int64, chunks=(1024,))

    huge(folder)
    assert "'timestamp' has 1000000000000 frames: more than 1000000 are not an episode" in _reason(folder)
