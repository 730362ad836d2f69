"""Rollouts that stay on the device are the library's, and a worker trains on MuJoCo Warp's worlds."""

from dataclasses import fields
from pathlib import Path

import pytest
import torch

from envs.humanoid.worker import WorkerEnvironment
from envs.humanoid.worker_training import make_worker
from robolearn.errors import UserError
from robolearn.policies.registry import load_policy
from robolearn.policies.worker.networks import MirroredPerceptron, unmirrored
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.reinforcement.library_ppo import Samples
from robolearn.reinforcement.vec_env import BatchVecEnv
from robolearn.reinforcement.worker.resident_ppo import ResidentPPO
from robolearn.reinforcement.worker.settings import Curriculum, WorkerOptimisation, WorkerPpoSettings
from robolearn.reinforcement.worker.train import train
from robolearn.reinforcement.worker.worker_episodes import WorkerEpisodes
from robolearn.reinforcement.worker.worker_ppo import WorkerPPO
from robolearn.tracking import read_metrics
from robolearn.training.initial_weights import drawn_from
from robolearn.training.session import LATEST

WORLDS = 6
SMALL = WorkerNetworks(
    hidden=[16, 8], critic_hidden=[16, 8], estimator_hidden=[16, 8], lags=[0, 2], estimator_lags=[1]
)
OPTIMISATION = WorkerOptimisation(rollout_steps=8, minibatch_size=16, epochs=2)


def rollout(kind: type[WorkerPPO]) -> Samples:
    """Collected with the same seeds, in worlds two of which begin anew on the way."""
    environment = WorkerEnvironment(WORLDS, num_threads=1)
    with drawn_from(0):
        episodes = WorkerEpisodes(environment, make_worker(environment.spec, SMALL), 0)
        critic = MirroredPerceptron(episodes.critic_mirror, [8], unmirrored(1), last_gain=1.0)
    algorithm = kind(
        BatchVecEnv(episodes, 12.0),
        OPTIMISATION,
        torch.Generator().manual_seed(0),
        torch.device("cpu"),
        actor=episodes.policy.network,
        critic=critic,
        frames_size=episodes.frames_size,
        estimated_places=episodes.estimated_places,
        estimate_weights=[1.0] * len(episodes.estimated_places),
        clock_places=episodes.policy.clock_places,
    )
    algorithm.start()
    episodes._episodes.limits[:] = torch.tensor([1000, 3, 1000, 5, 8, 1000])
    algorithm.collect()
    return algorithm.samples()


def test_a_rollout_in_torch_is_the_librarys() -> None:
    ours, theirs = rollout(ResidentPPO), rollout(WorkerPPO)
    for field in fields(ours):
        torch.testing.assert_close(getattr(ours, field.name), getattr(theirs, field.name), msg=field.name)


def settings(out: Path, iterations: int, resume: bool = False) -> WorkerPpoSettings:
    return WorkerPpoSettings(
        num_envs=WORLDS,
        physics="warp",
        networks=SMALL,
        ppo=OPTIMISATION,
        curriculum=Curriculum(raise_seconds=0.1, lower_seconds=0.01, change=0.3),
        total_steps=iterations * WORLDS * OPTIMISATION.rollout_steps,
        minutes=0.0,
        num_threads=1,
        wandb="disabled",
        out=str(out),
        resume=str(out) if resume else None,
    )


def test_a_worker_trains_and_goes_on_in_warp(tmp_path: Path) -> None:
    pytest.importorskip("mujoco_warp")
    out = tmp_path / "run"
    train(settings(out, 2))
    train(settings(out, 3, resume=True))
    rows = read_metrics(out)
    assert [row["step"] for row in rows] == [0, 1, 2, 3][-len(rows) :]
    assert rows[-1]["train/level"] > 0.0 and rows[-1]["ppo/estimation_error"] < 10.0
    load_policy(out / LATEST)


def test_other_physics_are_refused(tmp_path: Path) -> None:
    wrong = settings(tmp_path / "run", 1)
    wrong.physics = "paper"
    with pytest.raises(UserError, match="unknown physics 'paper': valid are cpu, warp"):
        train(wrong)
