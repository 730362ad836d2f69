"""From a folder of hand trajectories to a dataset, killed or not, here or on Ray."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from hand_trajectories import write_trajectories
from robolearn import cli
from robolearn.errors import UserError
from robolearn.retarget import retarget as module
from robolearn.retarget.groups import Group, LeftOut, retarget_group
from robolearn.retarget.retarget import retarget
from robolearn.retarget.settings import RetargetSettings
from robolearn.retarget.sources import agibot_layout
from robolearn.retarget.trajectory import HandTrajectory

FRAMES = 24


def _waving(number: int) -> HandTrajectory:
    """Hands that move a few centimetres up and down before the chest."""
    time = np.arange(FRAMES) / 30.0
    sway = 0.02 * np.sin(4.0 * time + number)
    position = np.tile([[0.45, 0.24, 0.9], [0.45, -0.24, 0.9]], (FRAMES, 1, 1))
    position += sway[:, None, None]
    quaternion = np.tile([1.0, 0.0, 0.0, 0.0], (FRAMES, 2, 1))
    gripper = np.zeros((FRAMES, 2))
    return HandTrajectory(f"1/{number}", 30.0, position, quaternion, gripper, "wave", {})


@pytest.fixture(autouse=True, scope="module")
def small_groups() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ROUNDS", 1)
        yield


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("waving") / "source"
    write_trajectories(folder, [_waving(number) for number in range(3)])
    return folder


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What becomes of the source in one process, in one go."""
    out = tmp_path_factory.mktemp("waving") / "whole"
    retarget(_settings(source, out))
    return out


@pytest.fixture
def damageable(source: Path, tmp_path: Path) -> Path:
    """A copy of the source for tests that damage it."""
    return shutil.copytree(source, tmp_path / "source")


def _settings(source: Path, out: Path, **changes: object) -> RetargetSettings:
    settings = {"teacher": "mended", "group_size": 2, "workers": 1, "max_hand_error_m": 0.5}
    return RetargetSettings(source=str(source), out=str(out), **(settings | changes))  # pyright: ignore


def _bytes(folder: Path) -> dict[str, bytes]:
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    # How long it took is no part of the dataset.
    del files[module.RECORD]
    return files


def test_every_episode_becomes_rows_of_the_dataset(source: Path, whole: Path) -> None:
    record = json.loads((whole / module.RECORD).read_text())
    assert record["episodes"] == record["kept"] == 3 and record["left_out"] == []
    assert record["hand_position_error_m"] < 0.1 and record["robot_seconds_per_wall_second"] > 0.0
    table = pq.read_table(whole / "data/chunk-000/file-000.parquet")
    assert table.num_rows == 3 * FRAMES * 5 // 3
    assert (whole / module.MAPPING).is_file()
    again = retarget(_settings(source, whole))
    assert again == record | {"robot_seconds_per_wall_second": None}


def test_a_killed_run_goes_on_to_the_same_bytes(
    source: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[Group] = []

    def killed(group: Group) -> object:
        if groups:
            raise KeyboardInterrupt
        groups.append(group)
        return retarget_group(group)

    with monkeypatch.context() as patch:
        patch.setattr("robolearn.retarget.executors.retarget_group", killed)
        with pytest.raises(KeyboardInterrupt):
            retarget(_settings(source, tmp_path / "killed"))
    assert len(groups) == 1
    retarget(_settings(source, tmp_path / "killed", num_threads=1))
    assert _bytes(tmp_path / "killed") == _bytes(whole)


@pytest.mark.parametrize("executor", ["local", "ray"])
def test_two_processes_give_the_same_bytes(source: Path, whole: Path, tmp_path: Path, executor: str) -> None:
    retarget(_settings(source, tmp_path / "there", executor=executor, workers=2))
    assert _bytes(tmp_path / "there") == _bytes(whole)


def test_a_damaged_episode_is_named_and_the_others_go_on(damageable: Path, tmp_path: Path) -> None:
    file = agibot_layout.proprioception_file(damageable, "1", "1")
    file.write_bytes(file.read_bytes()[:500])
    record = retarget(_settings(damageable, tmp_path / "out"))
    assert record["kept"] == 2
    [left_out] = record["left_out"]
    assert left_out["name"] == "1/1" and left_out["reason"]


def test_exit_2_when_nothing_was_usable(
    damageable: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        agibot_layout.proprioception_file(damageable, "1", str(number)).write_bytes(b"nothing")
    assert cli.main(["retarget", f"source={damageable}", f"out={tmp_path / 'out'}", "teacher=mended"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_hands_that_are_too_far_off_are_left_out(source: Path, tmp_path: Path) -> None:
    group = Group(
        source=source,
        names=("1/0",),
        mapping=module.WorkspaceMapping(source=module.fit_forward([_waving(0)])),
        size=1,
        checkpoint=None,
        worker=None,
        teacher="mended",
        max_hand_error_m=1e-6,
        num_threads=1,
    )
    [outcome] = retarget_group(group)
    assert isinstance(outcome, LeftOut) and "off on average" in outcome.reason


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"executor": "rai"}, "ray"),
        ({"group_size": 0}, "group_size"),
        ({"max_hand_error_m": 0.0}, "max_hand_error_m"),
        ({"teacher": "mendid"}, "mended"),
        ({"source": "nowhere"}, "nowhere"),
        ({"flange_to_wrist": [1.0, 1.0, 0.0, 0.0]}, "flange_to_wrist is .*expected a unit quaternion"),
        ({"worker": "nowhere"}, "nowhere"),
    ],
)
def test_bad_settings_are_one_line(
    source: Path, tmp_path: Path, changes: dict[str, object], line: str
) -> None:
    with pytest.raises(UserError, match=line):
        retarget(replace(_settings(source, tmp_path / "out"), **changes))  # pyright: ignore
