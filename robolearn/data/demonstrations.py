"""A dataset in memory, checked as it is read."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from robolearn.data.reader import read_dataset
from robolearn.specification import TaskSpec


@dataclass(frozen=True)
class Demonstrations:
    """E episodes end to end, T steps in all.

    observation: (T, O) float32, before each step, in the units of `spec.observation`
    action: (T, A) float32, what the expert would do, in the units of `spec.action`
    executed: (T, A) float32, what was done, in the same units
    episode_starts: (E + 1,) int64, first step of each episode, and T
    spec: the task
    success: (E,) bool, the task was done at the episode's end
    """

    observation: Tensor
    action: Tensor
    executed: Tensor
    episode_starts: Tensor
    spec: TaskSpec
    success: Tensor

    @property
    def num_episodes(self) -> int:
        """E."""
        return len(self.success)

    def select(self, episodes: Tensor) -> Self:
        """The episodes (K,) int64, in that order."""
        lengths = self.episode_starts.diff()[episodes]
        starts = torch.cat([torch.zeros(1, dtype=torch.int64, device=lengths.device), lengths.cumsum(0)])
        # A step's place in its new episode, added to where that episode began.
        shift = (self.episode_starts[episodes] - starts[:-1]).repeat_interleave(lengths)
        steps = torch.arange(int(starts[-1]), device=lengths.device) + shift
        return replace(
            self,
            observation=self.observation[steps],
            action=self.action[steps],
            executed=self.executed[steps],
            episode_starts=starts,
            success=self.success[episodes],
        )

    def to(self, device: torch.device | str) -> Self:
        """The same on another device."""
        return replace(
            self,
            observation=self.observation.to(device),
            action=self.action.to(device),
            executed=self.executed.to(device),
            episode_starts=self.episode_starts.to(device),
            success=self.success.to(device),
        )


def load_dataset(path: str | Path) -> Demonstrations:
    """Read a LeRobot dataset that robolearn wrote, such as the `out` of `robolearn collect`.

    Raises UserError, in one line that names the file, column or episode, for anything that is missing,
    damaged, of another version, of a wrong shape, not finite, or inconsistent.
    """
    content = read_dataset(Path(path))
    return Demonstrations(
        observation=torch.from_numpy(content.observation),
        action=torch.from_numpy(content.action),
        executed=torch.from_numpy(content.executed),
        episode_starts=torch.from_numpy(content.episode_starts),
        spec=content.spec,
        success=torch.from_numpy(content.success),
    )
