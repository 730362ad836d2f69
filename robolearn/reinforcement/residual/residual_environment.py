"""The residual decision process: a frozen chunked base policy inside the environment (KORR, A.4).

Every control step the base names an action, the residual corrects it, and the sum is executed:
executed = base + scale * residual, all normalised to [-1, 1] over the demonstrations' range.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from robolearn.environment import BatchedEnvironment
from robolearn.reinforcement.episodes import AutoResetEnvironment, EpisodeStep, EpisodeTally, EpisodicBatch
from robolearn.training.state import entries_below


class Normaliser(Protocol):
    """Maps the demonstrations' range to [-1, 1] and back."""

    def normalise(self, value: Tensor, /) -> Tensor:
        """Raw to normalised, (..., D)."""
        ...

    def unnormalise(self, value: Tensor, /) -> Tensor:
        """Normalised to raw, (..., D)."""
        ...


class BasePolicy(Protocol):
    """What the residual needs of its frozen base: one queued action per call, and its place in the chunk."""

    @property
    def context_size(self) -> int:
        """Entries C of a context."""
        ...

    def context(self, observation: Tensor) -> Tensor:
        """What networks see of raw observations (K, O): contexts (K, C)."""
        ...

    @property
    def action_normaliser(self) -> Normaliser:
        """Of raw actions."""
        ...

    def reset(self, env_ids: Tensor | None = None, num_envs: int | None = None) -> None:
        """Drop the queues of the named worlds, or of all."""
        ...

    def base_action(self, observation: Tensor, env_ids: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Pop the next actions, normalised (K, A), and their places in their chunks, (K,) in [0, 1)."""
        ...

    def memory(self) -> dict[str, Tensor]:
        """Everything remembered between calls, to go on from exactly there."""
        ...

    def set_memory(self, memory: dict[str, Tensor]) -> None:
        """Go on from what `memory` gave."""
        ...


@dataclass(frozen=True)
class ResidualLayout:
    """Where things are in the residual's observation: [context, base action, chunk phase].

    context_size: C of the base policy; action_size: A of the task
    """

    context_size: int
    action_size: int

    @property
    def size(self) -> int:
        """Entries in all: C + A + 1."""
        return self.context_size + self.action_size + 1

    def split(self, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Context (..., C), normalised base action (..., A) and chunk phase (..., 1)."""
        return value.split([self.context_size, self.action_size, 1], dim=-1)  # pyright: ignore


class Correction:
    """A base policy and what it takes to correct it: residual observations in, raw actions out."""

    def __init__(self, base: BasePolicy, layout: ResidualLayout, action_scale: float) -> None:
        self.base = base
        self.layout = layout
        self.action_scale = action_scale

    @torch.no_grad()
    def observe(self, observation: Tensor, env_ids: Tensor | None = None) -> Tensor:
        """Residual observations (K, C + A + 1) of raw ones (K, O); pops the base's next actions."""
        action, phase = self.base.base_action(observation, env_ids)
        return torch.cat([self.base.context(observation), action, phase.to(action.dtype)[:, None]], dim=1)

    def executed(self, observation: Tensor, residual: Tensor) -> Tensor:
        """Normalised actions that `residual` (..., A) executes at residual observations (..., C + A + 1)."""
        return self.layout.split(observation)[1] + self.action_scale * residual

    @torch.no_grad()
    def action(self, observation: Tensor, residual: Tensor) -> Tensor:
        """The same in the task's units."""
        return self.base.action_normaliser.unnormalise(self.executed(observation, residual))


class ResidualEnvironment(EpisodicBatch):
    """The batch that a residual acts in. Actions are residuals (N, A), not yet scaled.

    Observations (N, C + A + 1) hold the base's context of the observation, the normalised base action
    that is about to be corrected, and its place in the chunk. The base's queue of a world is dropped
    whenever its episode ends, so that no chunk outlives the episode it was planned in.
    """

    def __init__(
        self,
        environment: BatchedEnvironment,
        correction: Correction,
        seed_stream: int,
        episode_steps: int | None = None,
    ) -> None:
        """See AutoResetEnvironment."""
        self._episodes = AutoResetEnvironment(environment, seed_stream, episode_steps)
        self._base = correction.base
        self.correction = correction
        self.num_envs = environment.num_envs
        self.observation_size = correction.layout.size
        self.action_size = correction.layout.action_size
        self.observation = torch.zeros(self.num_envs, correction.layout.size)

    def start(self) -> Tensor:
        """Begin a new episode in every world."""
        observation = self._episodes.start()
        self._base.reset(num_envs=self.num_envs)
        self.observation = self.correction.observe(observation)
        return self.observation

    def step(self, action: Tensor) -> EpisodeStep:
        """Correct the base's actions by residuals (N, A) and run one control period."""
        step = self._episodes.step(self.correction.action(self.observation, action))
        raw_observation = step.observation
        step.final_observation = self.correction.observe(step.final_observation)
        step.observation = step.final_observation.clone()
        finished = step.done.nonzero().squeeze(1)
        if len(finished):
            self._base.reset(finished)
            step.observation[finished] = self.correction.observe(raw_observation[finished], finished)
        self.observation = step.observation
        return step

    def state(self) -> dict[str, Tensor]:
        """Everything that `restore` needs, between two steps."""
        base = {f"base.{name}": value for name, value in self._base.memory().items()}
        episodes = {f"episodes.{name}": value for name, value in self._episodes.state().items()}
        return {"observation": self.observation.clone(), **base, **episodes}

    def restore(self, state: dict[str, Tensor]) -> Tensor:
        """Return to a saved state; returns the residual observations, (N, C + A + 1)."""
        self._episodes.restore(entries_below("episodes.", state))
        self._base.reset(num_envs=self.num_envs)
        self._base.set_memory(entries_below("base.", state))
        self.observation = state["observation"].clone()
        return self.observation

    def take_tally(self) -> EpisodeTally:
        """Sums over the episodes that ended since the last call."""
        return self._episodes.take_tally()

    def close(self) -> None:
        """Release the environment's threads."""
        self._episodes.close()
