"""A worker walks first; those that are punched go on from it side by side, and become one as their mean."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from robolearn.checkpoint import load_checkpoint
from robolearn.errors import UserError
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.reinforcement.worker.settings import (
    Curriculum,
    PunchedStage,
    StagedWorkerSettings,
    WorkerOptimisation,
    WorkerPpoSettings,
)
from robolearn.reinforcement.worker.stages import punched_runs, walking_run
from robolearn.reinforcement.worker.train import train as train_one
from robolearn.reinforcement.worker.train_staged import train
from robolearn.training.session import LATEST, SUMMARY

WORLDS, ROLLOUT = 4, 4
ITERATION = WORLDS * ROLLOUT
"""Control steps of all worlds."""


def settings(out: Path, **changes: object) -> StagedWorkerSettings:
    """Two iterations of walking, of each of two that are punched, and of settling."""
    tiny = StagedWorkerSettings(
        num_envs=WORLDS,
        networks=WorkerNetworks(
            hidden=[16, 8], critic_hidden=[16, 8], estimator_hidden=[16, 8], lags=[0, 2], estimator_lags=[1]
        ),
        ppo=WorkerOptimisation(rollout_steps=ROLLOUT, minibatch_size=16, epochs=2),
        curriculum=Curriculum(start=0.5),
        punched=PunchedStage(
            after_steps=2 * ITERATION,
            calm_shares=[0.0, 0.25],
            critic_iterations=0,
            settling_steps=2 * ITERATION,
        ),
        total_steps=8 * ITERATION,
        minutes=0.0,
        num_threads=2,
        wandb="disabled",
        seed=5,
        out=str(out),
    )
    return dataclasses.replace(tiny, **changes)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return dict(load_checkpoint(folder).weights)


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(value, second[name]) for name, value in first.items())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("staged") / "run"
    train(settings(out))
    return out


def test_walking_is_a_run_like_any_other(tmp_path: Path) -> None:
    walking = walking_run(settings(tmp_path))
    assert type(walking) is WorkerPpoSettings
    assert (walking.total_steps, walking.seed, walking.num_threads) == (2 * ITERATION, 5, 2)
    assert (walking.pushes.punch, walking.calm_share) == (250.0, 0.0)


def test_who_is_punched_differs_by_seed_and_calm_worlds_alone(tmp_path: Path) -> None:
    first, second = punched_runs(settings(tmp_path), "walking", 3.0)
    assert (first.seed, second.seed, first.calm_share, second.calm_share) == (6, 7, 0.0, 0.25)
    assert dataclasses.replace(first, seed=7, calm_share=0.25) == second


def test_who_is_punched_has_what_the_stage_says_and_its_part_of_the_rest(tmp_path: Path) -> None:
    run, stage = punched_runs(settings(tmp_path), "walking", 3.0)[0], PunchedStage()
    assert (run.initial, run.minutes, run.total_steps, run.num_threads) == ("walking", 3.0, 2 * ITERATION, 1)
    for name in ("punch", "punch_every", "extremities"):
        assert getattr(run.pushes, name) == getattr(stage, name)
    for name in ("alive", "unasked_steps", "yaw_bias"):
        assert getattr(run.rewards, name) == getattr(stage, name)
    assert (run.ppo.walking_std, run.ppo.learning_rate) == (stage.walking_std, stage.learning_rate)
    assert run.curriculum.start == 1.0


def test_the_punched_workers_become_one_by_their_mean(run: Path) -> None:
    first, second = (weights(run / f"punched_{number}") for number in (1, 2))
    assert not same(first, second)
    for name, value in weights(run / "mean").items():
        torch.testing.assert_close(value, (first[name] + second[name]) / 2)


def test_of_the_mean_the_estimator_alone_goes_on_to_learn(run: Path) -> None:
    mean, settled = weights(run / "mean"), weights(run)
    changed = {name.split(".")[1] for name, value in mean.items() if not torch.equal(value, settled[name])}
    assert changed == {"estimator"}
    assert same(settled, weights(run / "settled"))


def test_it_says_how_much_was_trained(run: Path) -> None:
    summary = json.loads((run / SUMMARY).read_text())
    assert summary["steps"] == 8 * ITERATION
    steps = {name: [run["steps"] for run in runs] for name, runs in summary["stages"].items()}
    two = 2 * ITERATION
    assert steps == {"walking": [two], "punched": [two, two], "settled": [two]}


def test_killed_while_it_learns_to_walk_it_goes_on_to_the_same_bytes(run: Path, tmp_path: Path) -> None:
    walking = walking_run(settings(tmp_path))
    train_one(dataclasses.replace(walking, total_steps=ITERATION, out=str(tmp_path / "walking")))
    train(settings(tmp_path, resume=str(tmp_path)))
    assert same(weights(run / "walking"), weights(tmp_path / "walking"))
    assert same(weights(run), weights(tmp_path))


def test_trained_on_its_new_mean_learns_from_the_beginning(tmp_path: Path) -> None:
    longer = {"total_steps": 10 * ITERATION}
    train(settings(tmp_path / "once", **longer))
    train(settings(tmp_path / "twice"))
    train(settings(tmp_path / "twice", resume=str(tmp_path / "twice"), **longer))
    assert same(weights(tmp_path / "once"), weights(tmp_path / "twice"))


def test_another_training_in_the_same_folder_is_refused(run: Path) -> None:
    before = weights(run)
    with pytest.raises(UserError, match=f"out={run} already holds a run: use resume={run} or another out"):
        train(settings(run))
    assert same(before, weights(run))


def test_a_worker_that_walks_can_be_given(run: Path, tmp_path: Path) -> None:
    alone = PunchedStage(after_steps=0, calm_shares=[0.0], critic_iterations=0, settling_steps=0)
    train(settings(tmp_path, initial=str(run / "walking"), punched=alone, total_steps=2 * ITERATION))
    assert same(weights(tmp_path), weights(run / "punched_1"))


def test_where_time_ends_while_it_learns_to_walk_that_worker_is_what_comes_of_it(tmp_path: Path) -> None:
    train(settings(tmp_path, minutes=1e-6))
    assert same(weights(tmp_path), weights(tmp_path / "walking" / LATEST))
    assert not (tmp_path / "punched_1").exists()
