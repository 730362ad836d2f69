"""A point mass that implements the environment contract exactly: fast enough for any test.

A unit mass in the plane is pulled towards a commanded position; the episode is a success once it is
at its goal. Everything is elementwise, so an episode does not depend on the batch it runs in.
"""

import numpy as np
import torch
from torch import Tensor

from robolearn.environment import BatchedEnvironment, Expert, Transition
from robolearn.specification import TaskSpec, VectorSpec

TOLERANCE = 0.04
"""Distance per axis at which the goal counts as reached [m]."""

STIFFNESS, DAMPING, TIME_STEP = 30.0, 11.0, 0.1

POINT_MASS = TaskSpec(
    name="point_mass",
    observation=VectorSpec(
        names=("position.x", "position.y", "velocity.x", "velocity.y", "goal.x", "goal.y"),
        units=("m", "m", "m/s", "m/s", "m", "m"),
    ),
    action=VectorSpec(names=("target.x", "target.y"), units=("m", "m")),
    control_rate_hz=1.0 / TIME_STEP,
    max_episode_steps=24,
    phases=("travelling", "near", "arrived"),
)


def _goals_and_starts(seeds: Tensor) -> tuple[Tensor, Tensor]:
    """Positions in [-1, 1]^2 [m], (K, 2) each, from episode seeds (K,)."""
    # numpy's generator, since torch's on the CPU ignores a seed's upper 32 bits, which are the run.
    draws = [np.random.Generator(np.random.Philox(seed)).uniform(-1.0, 1.0, 4) for seed in seeds.tolist()]
    goals_and_starts = torch.tensor(np.stack(draws), dtype=torch.float32)
    return goals_and_starts[:, :2], goals_and_starts[:, 2:]


class PointMassEnvironment(BatchedEnvironment):
    """N point masses. `steps_run` counts calls of `step`, for tests of budgets."""

    def __init__(self, num_envs: int) -> None:
        self.spec = POINT_MASS
        self.num_envs = num_envs
        self.device = torch.device("cpu")
        self.steps_run = 0
        self.observation = torch.zeros(num_envs, 6)
        self._age = torch.zeros(num_envs, dtype=torch.int64)
        self._phase = torch.zeros(num_envs, dtype=torch.int64)
        self._terminated = torch.zeros(num_envs, dtype=torch.bool)
        self._truncated = torch.zeros(num_envs, dtype=torch.bool)

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> Tensor:
        ids = torch.arange(self.num_envs) if env_ids is None else env_ids
        goal, start = _goals_and_starts(episode_seeds)
        self.observation[ids] = torch.cat([start, torch.zeros_like(start), goal], dim=1)
        for state in (self._age, self._phase, self._terminated, self._truncated):
            state[ids] = 0
        return self.observation.clone()

    def step(self, action: Tensor) -> Transition:
        running = ~(self._terminated | self._truncated)
        self.steps_run += 1
        position, velocity, goal = self.observation.clone().split(2, dim=1)
        velocity += TIME_STEP * (STIFFNESS * (action.clamp(-2.0, 2.0) - position) - DAMPING * velocity)
        position += TIME_STEP * velocity
        moved = torch.cat([position, velocity, goal], dim=1)
        self.observation = torch.where(running[:, None], moved, self.observation)
        error = (position - goal).abs().amax(dim=1)
        success = running & (error < TOLERANCE) & (velocity.abs().amax(dim=1) < 0.2)
        reached = (error < 5 * TOLERANCE).long() + success.long()
        self._phase = torch.where(running, torch.maximum(self._phase, reached), self._phase)
        self._age += running.long()
        self._terminated |= success
        self._truncated |= running & ~success & (self._age >= self.spec.max_episode_steps)
        return Transition(
            observation=self.observation.clone(),
            reward=success.float(),
            terminated=self._terminated.clone(),
            truncated=self._truncated.clone(),
            success=self._terminated.clone(),
            phase=self._phase.clone(),
            fault=torch.zeros(self.num_envs, dtype=torch.bool),
        )

    def close(self) -> None:
        """Nothing to release."""


class PointMassExpert(Expert):
    """Commands the goal, displaced by `bias` [m] on both axes: with a bias above the tolerance it fails."""

    def __init__(self, environment: PointMassEnvironment, bias: float = 0.0) -> None:
        self.environment = environment
        self.bias = bias

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """Nothing is remembered."""

    def act(self, observation: Tensor) -> Tensor:
        return observation[:, 4:6] + self.bias


class MixedExpert(PointMassExpert):
    """Succeeds in episodes of even seeds only."""

    def __init__(self, environment: PointMassEnvironment) -> None:
        super().__init__(environment)
        self._odd = torch.zeros(environment.num_envs, 1)

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        ids = torch.arange(len(self._odd)) if env_ids is None else env_ids
        self._odd[ids, 0] = (episode_seeds % 2).float()

    def act(self, observation: Tensor) -> Tensor:
        return super().act(observation) + self._odd
