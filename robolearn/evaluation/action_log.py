"""Keeps the actions of one success and one failure, so that exactly these episodes can be shown."""

from dataclasses import dataclass

import torch
from torch import Tensor

from robolearn.evaluation.episode_table import EpisodeTable
from robolearn.specification import TaskSpec


@dataclass(frozen=True)
class RecordedEpisode:
    """An episode is determined by its seed and its actions, (T, A) float32."""

    episode: int
    seed: int
    success: bool
    actions: Tensor


class ActionLog:
    """Actions of the running episodes, and of the first success and failure among the finished ones."""

    def __init__(self, num_envs: int, spec: TaskSpec) -> None:
        self._running = torch.zeros(num_envs, spec.max_episode_steps, spec.action.size)
        self._worlds = torch.arange(num_envs)
        self.kept: dict[bool, RecordedEpisode] = {}

    def append(self, steps: Tensor, action: Tensor) -> None:
        """Note what every world does, (N, A), in the step (N,) of its episode."""
        place = steps.clamp(max=self._running.shape[1] - 1)
        self._running[self._worlds, place] = action.to("cpu", torch.float32)

    def keep(self, worlds: Tensor, finished: EpisodeTable) -> None:
        """Keep those of the episodes that ended in `worlds`, (K,), that are the first of their outcome."""
        for row, world in enumerate(worlds.tolist()):
            success = bool(finished.success[row])
            if success not in self.kept:
                self.kept[success] = RecordedEpisode(
                    episode=int(finished.episode[row]),
                    seed=int(finished.seed[row]),
                    success=success,
                    actions=self._running[world, : int(finished.steps[row])].clone(),
                )
