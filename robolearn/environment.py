"""The contract between simulation and learning: a batch of worlds running one task."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from robolearn.specification import TaskSpec


@dataclass
class Transition:
    """What one control step did, N worlds at once.

    observation: (N, O) float32, after the step; of a finished world, its last observation
    reward:      (N,) float32
    terminated:  (N,) bool, the episode ended by itself (success or physics fault)
    truncated:   (N,) bool, the episode ran out of steps
    success:     (N,) bool, the task is done
    phase:       (N,) int64, furthest stage reached in this episode, an index into `TaskSpec.phases`
    fault:       (N,) bool, the physics diverged and the world's state was dumped
    """

    observation: Tensor
    reward: Tensor
    terminated: Tensor
    truncated: Tensor
    success: Tensor
    phase: Tensor
    fault: Tensor

    @property
    def done(self) -> Tensor:
        """(N,) bool, the episode is over and the world waits for `reset`."""
        return self.terminated | self.truncated


class BatchedEnvironment(ABC):
    """N worlds of one task, stepped together.

    An episode is determined by its seed alone: the same seed gives the same episode whatever the
    number of worlds or threads and whichever world it runs in. Nothing resets by itself: a world
    whose episode is over keeps its last observation, ignores actions and reports `done` with zero
    reward until `reset` names it.
    """

    spec: TaskSpec
    num_envs: int
    device: torch.device

    @abstractmethod
    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> Tensor:
        """Start new episodes.

        episode_seeds: (K,) int64, one for each named world
        env_ids: (K,) int64, the worlds, ascending; None for all

        Returns the observation of *all* worlds, (N, O) float32.
        """

    @abstractmethod
    def step(self, action: Tensor) -> Transition:
        """Run one control period with `action`, (N, A) float32, in the units of `spec.action`."""

    def record_figures(self) -> None:  # noqa: B027
        """From now on keep the figures of merit that `figures` gives; most tasks have none."""

    def figures(self) -> Mapping[str, Tensor]:
        """What an evaluation notes of the episodes, by name, (N,) each; call `record_figures` first."""
        return {}

    @abstractmethod
    def close(self) -> None:
        """Release threads and renderers; the environment must not be used afterwards."""


class Expert(ABC):
    """A scripted demonstrator that runs beside an environment and may read its full state."""

    @abstractmethod
    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """Forget the named worlds' episodes and take new noise from their seeds, (K,) int64."""

    @abstractmethod
    def act(self, observation: Tensor) -> Tensor:
        """Actions, (N, A) float32, for observations (N, O)."""

    def perturbed(self, action: Tensor) -> Tensor:
        """What to carry out instead of `action`, (N, A), while demonstrations are recorded.

        Pushing the demonstrator off its path shows how it comes back (DART, arXiv 1703.09327): what is
        imitated is `action` all the same. By default nothing is perturbed.
        """
        return action


def episode_seeds(seed: int, first: int, count: int) -> Tensor:
    """Seeds of episodes `first` to `first + count - 1` of the run `seed`, (count,) int64.

    Seeds of different runs never meet: the run takes the upper 31 bits, the episode the lower 32.
    Give them to a generator that takes all 64 bits, such as numpy's: torch's on the CPU keeps the lower 32.
    """
    if not 0 <= seed < 2**31:
        raise ValueError(f"seed {seed} is outside 0 to {2**31 - 1}")
    return (seed << 32) + torch.arange(first, first + count, dtype=torch.int64)
