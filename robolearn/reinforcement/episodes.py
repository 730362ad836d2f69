"""Endless episodes: a batch whose worlds restart by themselves, and that can be put back as it was."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from robolearn.environment import BatchedEnvironment, Transition, episode_seeds


@dataclass
class EpisodeStep:
    """What one step of an `EpisodicBatch` did, N worlds at once.

    observation: (N, O) float32, to act on next; where an episode ended, the first of the next episode
    final_observation: (N, O) float32, what the step led to; equal to `observation` elsewhere
    reward: (N,) float32
    terminated, truncated, success: (N,) bool, as in `Transition`
    """

    observation: Tensor
    final_observation: Tensor
    reward: Tensor
    terminated: Tensor
    truncated: Tensor
    success: Tensor

    @property
    def done(self) -> Tensor:
        """(N,) bool, an episode ended with this step."""
        return self.terminated | self.truncated


@dataclass
class EpisodeTally:
    """Sums over the episodes that ended since the last `take`."""

    episodes: int = 0
    successes: int = 0
    terminated: int = 0
    faults: int = 0
    steps: int = 0
    reward: float = 0.0

    def add(self, transition: Transition, lengths: Tensor, returns: Tensor) -> None:
        """Count the worlds whose episodes just ended; lengths and returns are (N,)."""
        done = transition.done
        self.episodes += int(done.sum())
        self.successes += int((done & transition.success).sum())
        self.terminated += int(transition.terminated.sum())
        self.faults += int((done & transition.fault).sum())
        self.steps += int(lengths[done].sum())
        self.reward += float(returns[done].sum())

    def metrics(self) -> dict[str, float]:
        """Means over the episodes, named for the log; only the count when there were none."""
        if self.episodes == 0:
            return {"train/episodes": 0.0}
        return {
            "train/episodes": float(self.episodes),
            "train/success_rate": self.successes / self.episodes,
            "train/fault_rate": self.faults / self.episodes,
            "train/episode_steps": self.steps / self.episodes,
            "train/return": self.reward / self.episodes,
        }


class RunningEpisodes:
    """The running episodes of N worlds, begun one after another from a stream of seeds.

    seeds, ages, limits: (N,) int64; an episode is truncated at the age of its limit
    """

    def __init__(
        self, num_envs: int, seed_stream: int, limit: int, device: torch.device | str = "cpu"
    ) -> None:
        """limit: of episodes that begin [control steps]; device: of all tensors."""
        self.seeds = torch.zeros(num_envs, dtype=torch.int64, device=device)
        self.ages = torch.zeros(num_envs, dtype=torch.int64, device=device)
        self.limits = torch.full((num_envs,), limit, device=device)
        self._returns = torch.zeros(num_envs, device=device)
        self._stream, self._limit = seed_stream, limit
        self._started = 0
        self._tally = EpisodeTally()

    def begin(self, worlds: Tensor) -> Tensor:
        """Seeds (K,) of the next episodes, which begin in the named worlds, (K,) int64."""
        seeds = episode_seeds(self._stream, self._started, len(worlds)).to(self.seeds.device)
        self._started += len(worlds)
        self.seeds[worlds], self.ages[worlds], self.limits[worlds] = seeds, 0, self._limit
        self._returns[worlds] = 0.0
        return seeds

    def count(self, transition: Transition) -> None:
        """One step of all worlds; those at their limits are truncated, unless they ended by themselves."""
        self.ages += 1
        self._returns += transition.reward
        transition.truncated = (transition.truncated | (self.ages >= self.limits)) & ~transition.terminated
        self._tally.add(transition, self.ages, self._returns)

    def take_tally(self) -> EpisodeTally:
        """Sums over the episodes that ended since the last call."""
        tally, self._tally = self._tally, EpisodeTally()
        return tally

    def state(self) -> dict[str, Tensor]:
        """Everything that `restore` needs, after `take_tally`."""
        return {
            "episodes_started": torch.tensor(self._started),
            "seeds": self.seeds.clone(),
            "ages": self.ages.clone(),
            "limits": self.limits.clone(),
            "returns": self._returns.clone(),
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        self._started = int(state["episodes_started"])
        device = self.seeds.device
        self.seeds, self.ages, self.limits, self._returns = (
            state[name].to(device, copy=True) for name in ("seeds", "ages", "limits", "returns")
        )


class EpisodicBatch(ABC):
    """N worlds that restart by themselves; what learning algorithms and adapters run on."""

    num_envs: int
    observation_size: int
    action_size: int

    @abstractmethod
    def start(self) -> Tensor:
        """Begin a new episode in every world; returns observations, (N, O) float32."""

    @abstractmethod
    def step(self, action: Tensor) -> EpisodeStep:
        """Run one control period with actions (N, A) float32."""

    @abstractmethod
    def take_tally(self) -> EpisodeTally:
        """Sums over the episodes that ended since the last call."""

    @abstractmethod
    def close(self) -> None:
        """Release the worlds."""


class RestorableEpisodes(EpisodicBatch):
    """A batch that can be put back as it was."""

    @abstractmethod
    def state(self) -> dict[str, Tensor]:
        """Everything that `restore` needs, between two steps and after `take_tally`."""

    @abstractmethod
    def restore(self, state: dict[str, Tensor]) -> Tensor:
        """Go on from what `state` gave; returns observations (N, O)."""


class AutoResetEnvironment(RestorableEpisodes):
    """A `BatchedEnvironment` whose finished worlds start the run's next episode at once.

    It remembers the actions of the running episodes. Episodes are determined by their seeds, so
    `restore` brings a fresh environment to the very state that `state` was taken in, by acting
    them again; no simulator needs to know how to save itself.
    """

    def __init__(
        self, environment: BatchedEnvironment, seed_stream: int, episode_steps: int | None = None
    ) -> None:
        """episode_steps: where episodes are truncated; None for the task's own limit."""
        spec = environment.spec
        limit = spec.max_episode_steps if episode_steps is None else episode_steps
        self.environment = environment
        self.num_envs = environment.num_envs
        self.observation_size = spec.observation.size
        self.action_size = spec.action.size
        self._episodes = RunningEpisodes(self.num_envs, seed_stream, limit)
        self._actions = torch.zeros(spec.max_episode_steps, self.num_envs, spec.action.size)

    def start(self) -> Tensor:
        """Begin a new episode in every world; returns raw observations, (N, O)."""
        return self._begin(torch.arange(self.num_envs))

    def _begin(self, env_ids: Tensor) -> Tensor:
        return self.environment.reset(self._episodes.begin(env_ids), env_ids)

    def step(self, action: Tensor) -> EpisodeStep:
        """Run one control period with actions (N, A) in the task's units."""
        self._actions[self._episodes.ages, torch.arange(self.num_envs)] = action
        transition = self.environment.step(action)
        self._episodes.count(transition)
        # Copied, because an environment may hand out its own buffers, which a reset overwrites.
        step = EpisodeStep(
            observation=transition.observation,
            final_observation=transition.observation.clone(),
            reward=transition.reward.clone(),
            terminated=transition.terminated.clone(),
            truncated=transition.truncated,
            success=transition.success.clone(),
        )
        finished = transition.done.nonzero().squeeze(1)
        if len(finished):
            step.observation = self._begin(finished)
        return step

    def take_tally(self) -> EpisodeTally:
        """Sums over the episodes that ended since the last call."""
        return self._episodes.take_tally()

    def state(self) -> dict[str, Tensor]:
        """Everything that `restore` needs, between two steps and after `take_tally`."""
        ages = self._episodes.ages
        actions = self._actions[: max(1, int(ages.max()))].clone()
        left_over = torch.arange(len(actions))[:, None] >= ages
        actions[left_over] = 0.0
        return self._episodes.state() | {"actions": actions}

    def restore(self, state: dict[str, Tensor]) -> Tensor:
        """Return to a saved state by acting its episodes again; returns observations, (N, O)."""
        self._episodes.restore(state)
        self._actions[: len(state["actions"])] = state["actions"]
        return self._replay()

    def _replay(self) -> Tensor:
        """Act the running episodes so that all reach their ages at the same step: the youngest start last."""
        worlds = torch.arange(self.num_envs)
        ages = self._episodes.ages
        longest = int(ages.max())
        delays = longest - ages
        observation = self.environment.reset(self._episodes.seeds)
        for step in range(longest):
            observation = self._restart(delays == step, observation)
            action = self._actions[(step - delays).clamp(min=0), worlds]
            observation = self.environment.step(action).observation
        return self._restart(delays == longest, observation)

    def _restart(self, chosen: Tensor, observation: Tensor) -> Tensor:
        env_ids = chosen.nonzero().squeeze(1)
        return self.environment.reset(self._episodes.seeds[env_ids], env_ids) if len(env_ids) else observation

    def close(self) -> None:
        """Release the environment's threads."""
        self.environment.close()
