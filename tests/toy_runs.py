"""Demonstrations of the point mass by its expert, and small training runs on them."""

from pathlib import Path
from typing import Any

import torch

from robolearn.data.episode import Episode
from robolearn.data.writer import write_dataset
from robolearn.environment import episode_seeds
from robolearn.imitation.settings import BehaviourCloningSettings, CloningOptimisation
from robolearn.policies.settings import DenoiserSettings, DiffusionSettings, MlpSettings, NoiseSettings
from robolearn.tracking import read_metrics
from toy_environment import POINT_MASS, PointMassEnvironment, PointMassExpert

SMALL_POLICY = DiffusionSettings(
    prediction_horizon=8,
    execution_horizon=4,
    noise=NoiseSettings(training_steps=20, sampling_steps=4),
    denoiser=DenoiserSettings(mlp=MlpSettings(width=48, hidden_size=96, blocks=2, step_size=16)),
)


class Killed(Exception):
    """Stands for a kill."""


def expert_episodes(count: int, bias: float = 0.0) -> list[Episode]:
    """Episodes of the expert, whose commands miss the goal by `bias` [m]."""
    environment = PointMassEnvironment(count)
    expert = PointMassExpert(environment, bias)
    observation = environment.reset(episode_seeds(11, 0, count))
    observations, actions, rewards, running = [], [], [], []
    done = torch.zeros(count, dtype=torch.bool)
    while not bool(done.all()):
        observations.append(observation)
        actions.append(expert.act(observation))
        running.append(~done)
        transition = environment.step(actions[-1])
        rewards.append(transition.reward)
        observation, done = transition.observation, transition.done
    lengths = torch.stack(running).sum(dim=0).tolist()
    stacked = [torch.stack(values) for values in (observations, actions, actions, rewards)]
    return [
        Episode(
            *(values[:length, world] for values in stacked), success=bool(stacked[3][:length, world].any())
        )
        for world, length in enumerate(lengths)
    ]


def write_expert_dataset(path: Path, count: int = 40, bias: float = 0.0) -> Path:
    """A dataset of the expert in `path`, which is returned."""
    write_dataset(path, POINT_MASS, expert_episodes(count, bias), {"origin": "the point mass's expert"})
    return path


def cloning_settings(dataset: Path, out: Path, **changes: Any) -> BehaviourCloningSettings:
    """A run of a few seconds on one thread."""
    values: dict[str, Any] = {
        "dataset": str(dataset),
        "task": "point_mass",
        "policy": SMALL_POLICY,
        "optimisation": CloningOptimisation(batch_size=64, learning_rate=3e-3, warmup_steps=20),
        "total_steps": 60,
        "steps_per_iteration": 10,
        "measure_every": 2,
        "held_out_fraction": 0.1,
        "checkpoint_minutes": 0.0,
        "num_threads": 1,
        "wandb": "disabled",
        "out": str(out),
    }
    return BehaviourCloningSettings(**{**values, **changes})


def timeless_rows(out: Path) -> list[dict[str, Any]]:
    """The logged metrics that do not depend on the clock."""
    return [
        {name: value for name, value in row.items() if not name.startswith("time/")}
        for row in read_metrics(out)
    ]
