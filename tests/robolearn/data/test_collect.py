"""Collections: the contract, the same bytes however they ran, kills, full disks and wrong input."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch

from robolearn import cli, storage
from robolearn.data import collect as collecting
from robolearn.data.collect import RECORD, STAGING, collect
from robolearn.data.demonstrations import load_dataset
from robolearn.data.filming import FORMAT
from robolearn.data.layout import INFO, STATE, STATISTICS
from robolearn.data.layout import RECORD as DATASET_RECORD
from robolearn.data.settings import CollectSettings
from robolearn.environment import episode_seeds
from robolearn.errors import StorageError, UserError
from robolearn.reinforcement.seeds import SEED_LIMIT
from toy_environment import MixedExpert, PointMassEnvironment, PointMassExpert
from toy_registry import grey, toy_registry

TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "envs.registry", toy_registry(expert=MixedExpert))


def settings(out: Path, **changes: Any) -> CollectSettings:
    values: dict[str, Any] = {"task": "point_mass", "n_episodes": 5, "num_envs": 4, "out": str(out)}
    return CollectSettings(**(values | changes))


def content(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, by its path in there."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_writes_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = collect(settings(tmp_path, seed=3))
    assert json.loads((tmp_path / RECORD).read_text()) == record
    chosen = {"task": "point_mass", "randomness": "low", "disturbance": False, "n_episodes": 5, "seed": 3}
    assert chosen.items() <= record.items()
    assert (record["attempts"], record["successes"], record["success_rate"]) == (9, 5, 5 / 9)
    assert record["success_ci95"] == pytest.approx([0.2667, 0.8112], abs=1e-4)
    assert sum(record["failures_by_phase"].values()) == 4
    assert record["faults"] == 0
    assert {entry.name for entry in tmp_path.iterdir()} == {"data", "meta", RECORD}
    shown = capsys.readouterr().out
    assert "5 episodes of point_mass" in shown
    assert "55.6% (26.7% to 81.1% at 95 %) of 9 attempts" in shown


def test_keeps_the_first_successes_whole(tmp_path: Path) -> None:
    record = collect(settings(tmp_path, seed=3))
    demonstrations = load_dataset(tmp_path)
    provenance = json.loads((tmp_path / DATASET_RECORD).read_text())["provenance"]
    assert provenance["attempts"] == [0, 2, 4, 6, 8]
    assert bool(demonstrations.success.all())
    assert record["steps"] == len(demonstrations.observation)
    environment = PointMassEnvironment(5)
    expert = PointMassExpert(environment)
    seeds = episode_seeds(SEED_LIMIT + 3, 0, 9)[::2]
    observation = environment.reset(seeds)
    starts, ends = demonstrations.episode_starts[:-1], demonstrations.episode_starts[1:]
    for step in range(int((ends - starts).max())):
        action = expert.act(observation)
        running = starts + step < ends
        assert torch.equal(demonstrations.observation[(starts + step)[running]], observation[running])
        assert torch.equal(demonstrations.action[(starts + step)[running]], action[running])
        transition = environment.step(action)
        observation = transition.observation
        assert torch.equal(transition.done, starts + step + 1 >= ends)


@pytest.mark.parametrize("changes", [{"num_envs": 1}, {"num_envs": 3}, {"num_envs": 50, "num_threads": 2}])
def test_the_same_bytes_whatever_the_worlds_and_threads(tmp_path: Path, changes: dict[str, int]) -> None:
    collect(settings(tmp_path / "a", video=True))
    collect(settings(tmp_path / "b", video=True, **changes))
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_another_seed_gives_other_episodes(tmp_path: Path) -> None:
    for seed in (0, 1):
        collect(settings(tmp_path / str(seed), seed=seed))
    first, second = (load_dataset(tmp_path / str(seed)).observation for seed in (0, 1))
    assert not torch.equal(first[0], second[0])


def test_killed_at_any_moment_it_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent)))}
    program = [sys.executable, str(TESTS / "killed_collections.py"), str(tmp_path)]
    subprocess.run(program, check=True, env=environment, stdout=subprocess.DEVNULL)
    whole = content(tmp_path / "whole")
    kills = [folder for folder in tmp_path.iterdir() if folder.name != "whole"]
    assert len(kills) > 20
    for folder in kills:
        found = content(folder)
        # A kill while the record is written leaves its temporary file; everything else is cleared away.
        assert {name: found[name] for name in found if not name.endswith(".tmp")} == whole


def test_what_was_finished_does_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = collect(settings(tmp_path / "whole"))
    kept: list[int] = []
    keep = collecting._keep

    def interrupted(attempt: Any, *arguments: Any) -> None:
        keep(attempt, *arguments)
        kept.append(attempt.index)
        if len(kept) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(collecting, "_keep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        collect(settings(tmp_path / "killed"))
    assert collect(settings(tmp_path / "killed")) == whole
    assert len(set(kept)) == len(kept)


def test_a_finished_collection_is_only_described(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record = collect(settings(tmp_path))
    before, shown = content(tmp_path), capsys.readouterr().out
    monkeypatch.setitem(sys.modules, "envs.registry", None)
    assert collect(settings(tmp_path, num_envs=9)) == record
    assert content(tmp_path) == before
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize("finished", [True, False])
def test_other_settings_need_another_place(
    tmp_path: Path, finished: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if finished:
        collect(settings(tmp_path))
    else:
        with monkeypatch.context() as patch, pytest.raises(StorageError):
            _fill_disk(patch, after=7)
            collect(settings(tmp_path))
    before = content(tmp_path)
    with pytest.raises(UserError, match="holds a collection with n_episodes=5, not n_episodes=6"):
        collect(settings(tmp_path, n_episodes=6))
    assert content(tmp_path) == before


def test_a_mistyped_task_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="did you mean 'point_mass'"):
        collect(settings(tmp_path, task="pointmass"))
    assert content(tmp_path) == {}


def _fill_disk(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """The disk is full after that many more writes."""
    sync, left = os.fsync, iter(range(after))

    def full(descriptor: int) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(storage.os, "fsync", full)


@pytest.mark.parametrize("after", [0, 6, 20, 26, 28])
def test_a_full_disk_is_one_line_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    collect(settings(tmp_path / "whole"))
    with monkeypatch.context() as patch:
        _fill_disk(patch, after)
        with pytest.raises(StorageError, match=r"cannot write .*: No space left on device") as caught:
            collect(settings(tmp_path / "full"))
    assert "\n" not in str(caught.value)
    finished = {name for name in content(tmp_path / "full") if name.startswith(f"{STAGING}/")}
    assert len(finished) == min(after // 2, 10)
    collect(settings(tmp_path / "full"))
    assert content(tmp_path / "full") == content(tmp_path / "whole")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_episodes": 0}, "n_episodes=0 is not valid"),
        ({"num_envs": 0}, "num_envs=0 is not valid"),
        ({"num_threads": -1}, "num_threads=-1 is not valid"),
        ({"seed": -1}, "seed=-1 is not valid"),
        ({"seed": SEED_LIMIT}, "is not valid: choose 0 to"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        collect(settings(tmp_path, **changes))
    assert "\n" not in str(caught.value)
    assert content(tmp_path) == {}


def test_an_expert_that_never_succeeds_comes_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "envs.registry", toy_registry(bias=lambda _: 1.0))
    with pytest.raises(UserError, match="succeeded in 0 of 40 attempts at randomness=low"):
        collect(settings(tmp_path, n_episodes=1, num_envs=40))


def test_nothing_foreign_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="already holds 'data': choose another out"):
        collect(settings(tmp_path))
    assert content(tmp_path) == {"data/thesis.txt": b"years of work"}


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda staging: _cut(staging / "success-000000.safetensors"), "is not a recorded episode"),
        (
            lambda staging: (staging / "failure-000001.json").write_text("{}"),
            r"failure-000001\.json is damaged",
        ),
        (lambda staging: (staging / "run.json").write_text('{"settings": 3}'), "record is damaged"),
        (lambda staging: (staging / "run.json").unlink(), r"run\.json is missing"),
    ],
)
def test_damage_to_what_waits_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], object], message: str
) -> None:
    with monkeypatch.context() as patch, pytest.raises(StorageError):
        _fill_disk(patch, after=20)
        collect(settings(tmp_path))
    damage(tmp_path / STAGING)
    with pytest.raises(UserError, match=message):
        collect(settings(tmp_path))


def test_another_version_of_the_code_goes_on_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch, pytest.raises(StorageError):
        _fill_disk(patch, after=10)
        collect(settings(tmp_path))
    monkeypatch.setattr("robolearn.data.staging.code_version", lambda: {"package": "99"})
    collect(settings(tmp_path))
    assert "was begun by another version of the code" in caplog.text


def test_video_shows_each_frame_of_each_episode(tmp_path: Path) -> None:
    collect(settings(tmp_path, video=True))
    demonstrations = load_dataset(tmp_path)
    bounds = demonstrations.episode_starts.tolist()
    positions = demonstrations.observation[:, 0].tolist()
    for number, (first, end) in enumerate(pairwise(bounds)):
        with av.open(str(tmp_path / f"videos/{FORMAT.key}/chunk-000/file-{number:03d}.mp4")) as container:
            stream = container.streams.video[0]
            assert (stream.width, stream.height, stream.average_rate) == (FORMAT.width, FORMAT.height, 10)
            frames = list(container.decode(stream))
        seconds = [frame.time for frame in frames]
        assert seconds == pytest.approx(np.arange(end - first) / 10.0)
        levels = [frame.to_ndarray(format="rgb24").mean() for frame in frames]
        assert levels == pytest.approx([grey(x) for x in positions[first:end]], abs=4)
    information = json.loads((tmp_path / INFO).read_text())
    assert information["features"][FORMAT.key]["shape"] == [240, 320, 3]
    statistics = json.loads((tmp_path / STATISTICS).read_text())
    levels = np.array([grey(x) for x in positions]) / 255.0
    assert np.ravel(statistics[FORMAT.key]["mean"]) == pytest.approx(np.full(3, levels.mean()))
    assert np.ravel(statistics[FORMAT.key]["max"]) == pytest.approx(np.full(3, levels.max()))
    assert statistics[FORMAT.key]["count"] == statistics[STATE]["count"] == [len(positions)]


def test_without_rendering_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "envs.registry", toy_registry(renders=False))
    with pytest.raises(UserError, match="this machine does not render"):
        collect(settings(tmp_path, video=True))
    assert content(tmp_path) == {}


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["collect", "experiment=quickstart_collect", "task=one_leg", "n_episodes=2"]
    assert cli.main([*arguments, "task=point_mass"]) == 2
    assert "unknown task 'point_mass': valid are g1_reach" in capsys.readouterr().err
    assert cli.main([*arguments, f"out={tmp_path}"]) == 2
    assert "unknown task 'one_leg': valid are point_mass" in capsys.readouterr().err
    assert cli.main([*arguments, f"out={tmp_path}", "n_epsodes=3"]) == 2
    assert "did you mean 'n_episodes'" in capsys.readouterr().err
