"""Behaviour cloning from a dataset on disk to a policy on disk."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from robolearn.checkpoint import load_checkpoint, load_training_state
from robolearn.data.demonstrations import load_dataset
from robolearn.data.split import split_episodes
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.imitation.behaviour_cloning import train
from robolearn.imitation.cloning_trainer import CloningTrainer
from robolearn.imitation.settings import CloningOptimisation
from robolearn.policies.diffusion import DiffusionPolicy
from robolearn.policies.registry import load_policy
from robolearn.policies.settings import DenoiserSettings, DiffusionSettings
from robolearn.training.session import LATEST, STATE
from toy_environment import POINT_MASS, PointMassEnvironment
from toy_runs import Killed, cloning_settings, timeless_rows, write_expert_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_expert_dataset(tmp_path_factory.mktemp("data") / "demonstrations")


def success_rate(policy: DiffusionPolicy, episodes: int = 64) -> float:
    environment = PointMassEnvironment(episodes)
    observation = environment.reset(episode_seeds(3, 0, episodes))
    policy.reset(num_envs=episodes)
    success = torch.zeros(episodes, dtype=torch.bool)
    for _ in range(POINT_MASS.max_episode_steps):
        transition = environment.step(policy.act(observation))
        observation, success = transition.observation, transition.success
    return float(success.float().mean())


def loaded(out: Path) -> DiffusionPolicy:
    policy = load_policy(out, expected=POINT_MASS)
    assert isinstance(policy, DiffusionPolicy)
    return policy


def test_learns_the_point_masss_task(dataset: Path, tmp_path: Path) -> None:
    summary = train(cloning_settings(dataset, tmp_path, total_steps=1200, steps_per_iteration=100))
    assert summary["first"]["validation/loss"] > 3 * summary["last"]["validation/loss"]
    assert summary["first"]["validation/action_error"] > 2 * summary["last"]["validation/action_error"]
    assert success_rate(loaded(tmp_path)) > 0.8


def test_a_run_leaves_its_policy_statistics_and_log(dataset: Path, tmp_path: Path) -> None:
    summary = train(cloning_settings(dataset, tmp_path, total_steps=25))
    assert json.loads((tmp_path / "train.json").read_text()) == summary
    assert (summary["iteration"], summary["gradient_steps"]) == (3, 25)
    assert not (tmp_path / "best").exists(), "the newest policy is the one to take"
    training, _ = split_episodes(load_dataset(dataset), 0.1, 0)
    found = load_checkpoint(tmp_path / LATEST)
    assert found.spec == POINT_MASS
    assert torch.equal(found.normalisation["action.minimum"], training.action.amin(dim=0))
    assert torch.equal(found.normalisation["observation.maximum"], training.observation.amax(dim=0))
    assert found.metrics["gradient_steps"] == 25
    rows = timeless_rows(tmp_path)
    assert [row["gradient_steps"] for row in rows] == [0, 10, 20, 25, 25]
    assert [row["step"] for row in rows if "validation/loss" in row] == [0, 2, 3]
    assert all("steps" not in row for row in rows), "only control steps are called that"


def kill_after(monkeypatch: pytest.MonkeyPatch, iterations: int) -> None:
    iterate = CloningTrainer.iterate

    def interrupted(self: CloningTrainer) -> dict[str, float]:
        if self.iteration == iterations:
            raise Killed
        return iterate(self)

    monkeypatch.setattr(CloningTrainer, "iterate", interrupted)


@pytest.mark.parametrize("decay", [0.0, 0.9])
def test_a_killed_run_goes_on_to_the_same_bytes(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decay: float
) -> None:
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    optimisation = CloningOptimisation(batch_size=64, average_decay=decay)
    train(cloning_settings(dataset, straight, optimisation=optimisation))
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_after(patch, 3)
        train(cloning_settings(dataset, killed, optimisation=optimisation))
    train(cloning_settings(dataset, killed, optimisation=optimisation, resume=str(killed)))
    expected, _ = load_training_state(straight / STATE)
    found, _ = load_training_state(killed / STATE)
    assert expected.keys() == found.keys()
    assert all(torch.equal(value, found[name]) for name, value in expected.items())
    assert load_checkpoint(straight).identity == load_checkpoint(killed).identity
    assert timeless_rows(straight) == timeless_rows(killed)


def test_the_averaged_weights_are_measured_and_saved(dataset: Path, tmp_path: Path) -> None:
    train(cloning_settings(dataset, tmp_path, optimisation=CloningOptimisation(average_decay=0.99)))
    state, _ = load_training_state(tmp_path / STATE)
    saved = load_checkpoint(tmp_path).weights
    name = "outward.1.weight"
    assert torch.equal(saved[f"denoiser.{name}"], state[f"average.{name}"])
    assert not torch.equal(state[f"average.{name}"], state[f"learner.{name}"])


def test_the_learning_rate_follows_the_steps(dataset: Path, tmp_path: Path) -> None:
    optimisation = CloningOptimisation(learning_rate=1.0, warmup_steps=30, final_learning_rate=0.1)
    train(cloning_settings(dataset, tmp_path, optimisation=optimisation, held_out_fraction=0.0))
    rates = [row["train/learning_rate"] for row in timeless_rows(tmp_path)[1:]]
    assert rates[0] == pytest.approx(11 / 30 * (0.1 + 0.9 * 0.9330), rel=1e-3)
    assert rates[2] == pytest.approx(0.55)
    assert rates[-1] == pytest.approx(0.1)


def test_a_time_limit_only_stops(dataset: Path, tmp_path: Path) -> None:
    stopped, straight = tmp_path / "stopped", tmp_path / "straight"
    assert train(cloning_settings(dataset, stopped, minutes=1e-7))["gradient_steps"] == 0
    train(cloning_settings(dataset, stopped, resume=str(stopped)))
    train(cloning_settings(dataset, straight))
    assert load_checkpoint(stopped).identity == load_checkpoint(straight).identity


def test_failed_episodes_are_not_imitated(tmp_path: Path) -> None:
    mixed = write_expert_dataset(tmp_path / "data", bias=0.05)
    success = load_dataset(mixed).success
    assert 0 < int(success.sum()) < len(success)
    train(cloning_settings(mixed, tmp_path / "run", held_out_fraction=0.0, total_steps=1))
    chosen = load_dataset(mixed).select(success.nonzero().squeeze(1))
    minimum = load_checkpoint(tmp_path / "run").normalisation["observation.minimum"]
    assert torch.equal(minimum, chosen.observation.amin(dim=0))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "one_leg"}, "is of task 'point_mass', not 'one_leg'"),
        ({"total_steps": 0}, "total_steps=0 is not valid"),
        ({"steps_per_iteration": 0}, "steps_per_iteration=0 is not valid"),
        ({"held_out_fraction": 1.0}, "held-out fraction 1.0 is not valid"),
        ({"num_threads": -1}, "num_threads=-1 is not valid"),
        ({"device": "gpu"}, "device=gpu is not usable"),
        ({"wandb": "ofline"}, "did you mean 'offline'"),
        ({"optimisation": CloningOptimisation(batch_size=0)}, "batch_size=0 is not valid"),
        ({"optimisation": CloningOptimisation(learning_rate=0.0)}, "learning_rate=0.0 is not valid"),
        ({"optimisation": CloningOptimisation(average_decay=1.0)}, "average_decay=1.0 is not valid"),
        ({"policy": DiffusionSettings(execution_horizon=33)}, "execution_horizon=33 is not valid"),
        ({"policy": DiffusionSettings(denoiser=DenoiserSettings("mpl"))}, "did you mean 'mlp'"),
    ],
)
def test_wrong_settings_are_one_line(
    dataset: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message) as raised:
        train(cloning_settings(dataset, tmp_path, **changes))
    assert "\n" not in str(raised.value)


def _remove_data(path: Path) -> None:
    (path / "data/chunk-000/file-000.parquet").unlink()


def _remove_meta(path: Path) -> None:
    (path / "meta").rename(path / "metadata")


def _truncate_data(path: Path) -> None:
    file = path / "data/chunk-000/file-000.parquet"
    file.write_bytes(file.read_bytes()[:-100])


@pytest.mark.parametrize("damage", [_remove_data, _truncate_data, _remove_meta])
def test_a_damaged_dataset_is_one_line(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    damage(write_expert_dataset(tmp_path / "data", 3))
    with pytest.raises(UserError, match="data"):
        train(cloning_settings(tmp_path / "data", tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_a_dataset_without_a_success(tmp_path: Path) -> None:
    data = write_expert_dataset(tmp_path / "data", 5, bias=0.5)
    with pytest.raises(UserError, match="holds no successful episode"):
        train(cloning_settings(data, tmp_path / "run"))
    with pytest.raises(UserError, match="does not exist"):
        train(cloning_settings(tmp_path / "nowhere", tmp_path / "run"))


def test_going_on_takes_the_same_settings_and_data(dataset: Path, tmp_path: Path) -> None:
    config = cloning_settings(dataset, tmp_path / "run", total_steps=10)
    train(config)
    with pytest.raises(UserError, match=r"held_out_fraction is 0\.2 but the run has 0\.1"):
        train(dataclasses.replace(config, resume=config.out, held_out_fraction=0.2))
    (tmp_path / "run" / STATE / "state.safetensors").write_bytes(b"PK\x03\x04 not tensors")
    with pytest.raises(UserError, match="only safetensors are read here"):
        train(dataclasses.replace(config, resume=config.out))
