"""The decision process that a manager learns in: frames of what it sees, outputs of its network."""

from dataclasses import replace

import torch
from torch import Tensor

from robolearn.environment import BatchedEnvironment
from robolearn.policies.manager.manager_policy import ManagerPolicy
from robolearn.policies.worker.memory import FrameMemory
from robolearn.reinforcement.episodes import (
    AutoResetEnvironment,
    EpisodeStep,
    EpisodeTally,
    RestorableEpisodes,
)
from robolearn.training.state import entries_below


class ManagerEpisodes(RestorableEpisodes):
    """N worlds that restart by themselves; observations are stacked frames (N, L x O)."""

    def __init__(self, environment: BatchedEnvironment, policy: ManagerPolicy, seed_stream: int) -> None:
        lags, size = policy.config.lags, policy.spec.observation.size
        self._episodes = AutoResetEnvironment(environment, seed_stream)
        self.policy = policy
        self.num_envs = environment.num_envs
        self.observation_size = len(lags) * size
        self.action_size = environment.spec.action.size
        self._memory = FrameMemory(self.num_envs, size, lags)
        self._observation = torch.zeros(0)

    def start(self) -> Tensor:
        """Begin a new episode in every world."""
        frame = self.policy.frame(self._episodes.start())
        self._observation = self._memory.replace(torch.arange(self.num_envs), frame)
        return self._observation

    def step(self, action: Tensor) -> EpisodeStep:
        """Run one control period with the network's outputs (N, 4)."""
        step = self._episodes.step(self.policy.command(action))
        frames = self._memory.push(self.policy.frame(step.final_observation))
        self._observation = frames
        finished = step.done.nonzero().squeeze(1)
        if len(finished):
            self._observation = frames.clone()
            first = self.policy.frame(step.observation[finished])
            self._observation[finished] = self._memory.replace(finished, first)
        return replace(step, observation=self._observation, final_observation=frames)

    def take_tally(self) -> EpisodeTally:
        """Sums over the episodes that ended since the last call."""
        return self._episodes.take_tally()

    def state(self) -> dict[str, Tensor]:
        """Everything that `restore` needs, between two steps and after `take_tally`."""
        return {
            **{f"episodes.{name}": value for name, value in self._episodes.state().items()},
            **{f"memory.{name}": value for name, value in self._memory.state().items()},
            "observation": self._observation.clone(),
        }

    def restore(self, state: dict[str, Tensor]) -> Tensor:
        """Go on from what `state` gave; returns observations."""
        self._episodes.restore(entries_below("episodes.", state))
        self._memory.put_back(entries_below("memory.", state))
        self._observation = state["observation"].clone()
        return self._observation

    def close(self) -> None:
        """Release the environment."""
        self._episodes.close()
