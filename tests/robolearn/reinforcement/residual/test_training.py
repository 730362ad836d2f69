"""The verbs' functions end to end: a frozen base from disk, refined in the point mass's worlds."""

import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from robolearn.checkpoint import load_checkpoint, load_training_state
from robolearn.data.demonstrations import load_dataset
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.imitation.behaviour_cloning import train as clone
from robolearn.policies.registry import load_policy, save_policy
from robolearn.policies.residual_policy import ResidualPolicy
from robolearn.reinforcement.residual import train_ppo, train_td3
from robolearn.reinforcement.residual.ppo_trainer import PpoTrainer
from robolearn.reinforcement.residual.settings import (
    ResidualNetworks,
    ResidualPpoOptimisation,
    ResidualPpoSettings,
    ResidualSettings,
    ResidualTd3Settings,
    Td3Optimisation,
    Validation,
)
from robolearn.reinforcement.residual.td3_trainer import Td3Trainer
from robolearn.training.session import BEST, LATEST, STATE
from toy_environment import POINT_MASS, PointMassEnvironment
from toy_registry import toy_registry
from toy_runs import Killed, cloning_settings, timeless_rows, write_expert_dataset

NETWORKS = ResidualNetworks(lifted_size=16, hidden_size=32)
PPO = ResidualPpoOptimisation(
    rollout_steps=24,
    minibatch_size=256,
    epochs=4,
    actor_learning_rate=3e-3,
    critic_learning_rate=3e-3,
    critic_iterations=0,
    actor_warmup_iterations=2,
    discount=0.98,
    noise_log_std=-1.0,
)
TD3 = Td3Optimisation(
    warmup_steps=320,
    warmup_updates=20,
    updates_per_step=2,
    batch_size=64,
    hidden_size=32,
    heads=3,
    actor_learning_rate=1e-3,
    capacity=4000,
)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "envs.registry", toy_registry())


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_expert_dataset(tmp_path_factory.mktemp("data") / "demonstrations", bias=0.038)


@pytest.fixture(scope="module")
def base(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Comes to rest just within the tolerance, as its demonstrations did, or not quite."""
    out = tmp_path_factory.mktemp("base")
    clone(cloning_settings(dataset, out, total_steps=800, steps_per_iteration=100))
    return out


def common(base: Path, out: Path) -> dict[str, Any]:
    return {
        "base": str(base),
        "task": "point_mass",
        "num_envs": 16,
        "networks": NETWORKS,
        "validation": Validation(episodes=24, every_iterations=2),
        "minutes": 0.0,
        "checkpoint_minutes": 0.0,
        "num_threads": 1,
        "wandb": "disabled",
        "out": str(out),
    }


def ppo_settings(base: Path, out: Path, **changes: Any) -> ResidualPpoSettings:
    values = common(base, out) | {"ppo": PPO, "total_steps": 4 * 24 * 16}
    return ResidualPpoSettings(**{**values, **changes})


def td3_settings(base: Path, out: Path, dataset: Path | None = None, **changes: Any) -> ResidualTd3Settings:
    values = common(base, out) | {"td3": TD3, "steps_per_iteration": 20, "total_steps": 4 * 20 * 16}
    return ResidualTd3Settings(**{**values, "dataset": None if dataset is None else str(dataset), **changes})


def kill_after(monkeypatch: pytest.MonkeyPatch, iterations: int) -> None:
    for trainer in (PpoTrainer, Td3Trainer):

        def interrupted(
            self: Any, iterate: Callable[..., dict[str, float]] = trainer.iterate
        ) -> dict[str, float]:
            if self.iteration == iterations:
                raise Killed
            return iterate(self)

        monkeypatch.setattr(trainer, "iterate", interrupted)


@pytest.mark.parametrize("algorithm", ["ppo", "td3"])
def test_a_killed_run_goes_on_to_the_same_bytes(
    base: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, algorithm: str
) -> None:
    def run(name: str, **changes: Any) -> dict[str, Any]:
        if algorithm == "ppo":
            return train_ppo.train(ppo_settings(base, tmp_path / name, **changes))
        return train_td3.train(td3_settings(base, tmp_path / name, dataset, **changes))

    straight = run("straight")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_after(patch, 2)
        run("killed")
    resumed = run("killed", resume=str(tmp_path / "killed"))
    assert straight["iteration"] == resumed["iteration"] == 4
    for name in ("first", "best", "last", "steps"):
        assert straight[name] == resumed[name]
    expected, _ = load_training_state(tmp_path / "straight" / STATE)
    found, _ = load_training_state(tmp_path / "killed" / STATE)
    assert expected.keys() == found.keys()
    assert all(torch.equal(value, found[name]) for name, value in expected.items())
    for folder in (LATEST, BEST):
        checkpoints = [load_checkpoint(tmp_path / name / folder) for name in ("straight", "killed")]
        assert checkpoints[0].identity == checkpoints[1].identity
    assert timeless_rows(tmp_path / "straight") == timeless_rows(tmp_path / "killed")


def test_korr_improves_on_its_base_and_saves_a_complete_policy(base: Path, tmp_path: Path) -> None:
    summary = train_ppo.train(
        ppo_settings(
            base,
            tmp_path,
            num_envs=64,
            total_steps=10 * 24 * 64,
            validation=Validation(episodes=64, every_iterations=5),
        )
    )
    rate = "validation/success_rate"
    assert summary["first"][rate] < 0.85
    assert summary["best"][rate] > summary["first"][rate] + 0.1
    assert json.loads((tmp_path / "train.json").read_text()) == summary
    record = load_checkpoint(tmp_path)
    assert (record.kind, record.path.name) == ("residual", BEST)
    assert record.parent == load_checkpoint(base).identity
    assert record.metrics["best"][rate] == summary["best"][rate]
    policy = load_policy(tmp_path, expected=POINT_MASS)
    assert isinstance(policy, ResidualPolicy)
    assert success_rate(policy) > success_rate(load_policy(base)) + 0.05


def success_rate(policy: Any, episodes: int = 128) -> float:
    environment = PointMassEnvironment(episodes)
    observation = environment.reset(episode_seeds(3, 0, episodes))
    policy.reset(num_envs=episodes)
    success = torch.zeros(episodes, dtype=torch.bool)
    for _ in range(POINT_MASS.max_episode_steps):
        transition = environment.step(policy.act(observation))
        observation, success = transition.observation, transition.success
    return float(success.float().mean())


def test_the_latent_its_spectrum_and_its_errors_are_logged(base: Path, tmp_path: Path) -> None:
    train_ppo.train(ppo_settings(base, tmp_path))
    rows = timeless_rows(tmp_path)
    assert {"koopman/latent_variance", "koopman/latent_rank", "koopman/eigenvalue_1"} <= rows[1].keys()
    errors = {"koopman/error_1_ahead", "koopman/error_8_ahead", "koopman/error_8_ahead_over_standing_still"}
    assert errors <= rows[0].keys(), "also of the untrained model"
    assert errors <= rows[2].keys()
    assert rows[-1]["koopman/error_1_ahead"] < rows[0]["koopman/error_1_ahead"]


@pytest.mark.parametrize("actor", ["koopman", "mlp", "nonlinear"])
def test_every_actor_trains_also_with_a_goal(base: Path, dataset: Path, tmp_path: Path, actor: str) -> None:
    networks = dataclasses.replace(NETWORKS, actor=actor, goal=True)
    settings = ppo_settings(base, tmp_path, networks=networks, dataset=str(dataset), total_steps=3 * 24 * 16)
    train_ppo.train(settings)
    demonstrations = load_dataset(dataset)
    first = int(demonstrations.success.nonzero()[0])
    last = demonstrations.observation[demonstrations.episode_starts[first + 1] - 1]
    policy = load_policy(tmp_path)
    assert isinstance(policy, ResidualPolicy)
    assert torch.equal(policy.actor.goal, policy.base.context(last[None])[0])
    assert ("koopman/latent_rank" in timeless_rows(tmp_path)[1]) == (actor == "koopman")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base": "nowhere"}, "checkpoint nowhere does not exist"),
        ({"task": "point_mess"}, "unknown task 'point_mess'"),
        ({"dataset": "nowhere"}, "dataset nowhere does not exist"),
        ({"networks": ResidualNetworks(actor="korr")}, "unknown residual actor 'korr'"),
        ({"networks": ResidualNetworks(goal=True)}, "give dataset=DIR"),
        ({"networks": ResidualNetworks(lifted_size=0)}, "lifted_size=0 is not valid"),
        ({"networks": ResidualNetworks(initialisation="scale")}, "did you mean 'scaled'"),
        ({"num_threads": -1}, "num_threads=-1"),
        ({"seed": -1}, "seed=-1 is not valid"),
    ],
)
def test_wrong_settings_are_one_line(
    base: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message) as raised:
        train_ppo.train(dataclasses.replace(ppo_settings(base, tmp_path), **changes))
    assert "\n" not in str(raised.value)


def renamed(base: Path, out: Path) -> Path:
    """The same base, for another task."""
    save_policy(out, load_policy(base), dataclasses.replace(POINT_MASS, name="one_leg"))
    return out


def test_a_base_of_another_task_or_kind_is_refused(base: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is of task 'one_leg', not 'point_mass'"):
        train_ppo.train(ppo_settings(renamed(base, tmp_path / "other"), tmp_path / "run"))
    refined = tmp_path / "refined"
    train_ppo.train(ppo_settings(base, refined, total_steps=1))
    with pytest.raises(UserError, match="is a residual policy: a residual refines a diffusion policy"):
        train_ppo.train(ppo_settings(refined, tmp_path / "run"))


def test_a_dataset_that_does_not_fit_is_refused(base: Path, tmp_path: Path) -> None:
    failures: ResidualSettings = td3_settings(base, tmp_path / "run")
    failures.dataset = str(write_expert_dataset(tmp_path / "failures", 5, bias=0.5))
    assert isinstance(failures, ResidualTd3Settings)
    with pytest.raises(UserError, match="holds no successful episode"):
        train_td3.train(failures)
