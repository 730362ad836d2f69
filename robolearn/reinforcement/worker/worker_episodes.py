"""The decision process that the worker learns in: frames of what it sees, and what the critic may know."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from robolearn.policies.worker.memory import FrameMemory
from robolearn.policies.worker.mirror import Mirror
from robolearn.policies.worker.worker_policy import WorkerPolicy
from robolearn.reinforcement.episodes import EpisodeStep, EpisodeTally, RestorableEpisodes, RunningEpisodes
from robolearn.training.state import entries_below

if TYPE_CHECKING:
    from envs.humanoid.worker import WorkerEnvironment

UNSUPPORTED_LEVEL = 0.4
"""From this level on nothing supports the robot; chosen."""

SLOWEST = 0.3
"""Share of the commanded velocities' ranges at the beginning; chosen."""


class WorkerEpisodes(RestorableEpisodes):
    """N worlds that restart by themselves.

    Observations are [actor's stacked frames, split, its estimate, critic's frame, privileged entries];
    actions the network's.

    level: of difficulty, 0 to 1, of the episodes that begin from now on
    calm_share: of the worlds, up to half, in which nobody pushes robots, and they squat, low mostly:
        every second world from the first
    """

    def __init__(
        self,
        environment: "WorkerEnvironment",
        policy: WorkerPolicy,
        seed_stream: int,
        privileged_share: float = 0.0,
    ) -> None:
        """privileged_share: of the worlds in which the truth, not the estimate, balances robots."""
        from envs.humanoid import snapshot
        from envs.humanoid.privileged import PRIVILEGED

        self._snapshot = snapshot
        self._extra = PRIVILEGED
        self.environment = environment
        self.policy = policy
        self.num_envs = environment.num_envs
        self.action_size = policy.output_size
        self.frames_size = policy.frame_size * len(policy.config.stacked_lags)
        estimates = len(policy.config.estimated)
        self._estimate = slice(self.frames_size, self.frames_size + estimates)
        self.critic_mirror = policy.frame_mirror.joined(Mirror.of(PRIVILEGED))
        self.observation_size = self._estimate.stop + len(self.critic_mirror.places)
        first = self.observation_size - len(PRIVILEGED)
        self.estimated_places = [first + PRIVILEGED.index(name) for name in policy.config.estimated]
        self._knowing = (
            torch.arange(self.num_envs, device=environment.device) < privileged_share * self.num_envs
        )
        self.level, self.calm_share = 0.0, 0.0
        self._longest = environment.spec.max_episode_steps
        device = self.device = environment.device
        self._episodes = RunningEpisodes(self.num_envs, seed_stream, self._longest, device)
        self._memory = FrameMemory(self.num_envs, policy.frame_size, policy.config.stacked_lags, device)
        self._last_effort = torch.zeros(self.num_envs, self.action_size, device=device)
        self._raw = torch.zeros(self.num_envs, environment.spec.observation.size, device=device)
        self.observation = torch.zeros(self.num_envs, self.observation_size, device=device)

    def start(self) -> Tensor:
        """Begin an episode in every world, cut short, each elsewhere, so that the next ones spread."""
        worlds = torch.arange(self.num_envs, device=self.device)
        observation = self._begin(worlds)
        self._episodes.limits = 1 + worlds * self._longest // self.num_envs
        return observation

    def _begin(self, worlds: Tensor) -> Tensor:
        self._set_difficulty(worlds)
        self._last_effort[worlds] = 0.0
        self._raw = self.environment.reset(self._episodes.begin(worlds), worlds)
        frames = self._memory.replace(worlds, self.policy.frame(self._raw[worlds], self._last_effort[worlds]))
        self.observation = self.observation.clone()
        self.observation[worlds] = self._seen(frames, worlds)
        return self.observation

    def _set_difficulty(self, worlds: Tensor) -> None:
        """Arms move from the beginning; first the support fades, then the rest comes."""
        difficulty = self.environment.difficulty
        share = max(0.0, (self.level - UNSUPPORTED_LEVEL) / (1.0 - UNSUPPORTED_LEVEL))
        difficulty.assistance[worlds] = max(0.0, 1.0 - self.level / UNSUPPORTED_LEVEL)
        difficulty.speed[worlds] = SLOWEST + (1.0 - SLOWEST) * share
        difficulty.arms[worlds] = self.level
        difficulty.robots[worlds] = share
        calm = ((worlds % 2 == 0) & (worlds < 2.0 * self.calm_share * self.num_envs)).float()
        difficulty.pushes[worlds] = share * (1.0 - calm)
        difficulty.low[worlds] = share * calm

    def _seen(self, frames: Tensor, worlds: Tensor | slice = slice(None)) -> Tensor:
        """Observations of K worlds from their stacked frames."""
        sizes = [self._raw.shape[1], len(self._extra)]
        clean, extra = self.environment.privileged(worlds).split(sizes, 1)  # pyright: ignore
        # The networks may be on a GPU while the worlds are not.
        device = next(self.policy.network.parameters()).device
        with torch.no_grad():
            parts = self.policy.network.split(frames.to(device))
            estimate = self.policy.network.estimate(parts).to(self.device)
        return torch.cat(
            (parts.to(self.device), estimate, self.policy.frame(clean, self._last_effort[worlds]), extra), 1
        )

    def step(self, action: Tensor) -> EpisodeStep:
        """Run one control period with the network's actions (N, A)."""
        with torch.no_grad():
            truth = self.observation[:, self.estimated_places]
            estimate = torch.where(self._knowing[:, None], truth, self.observation[:, self._estimate])
            decision = self.policy.decide(self._raw, estimate, action)
        transition = self.environment.step(decision.action)
        self._raw, self._last_effort = transition.observation, decision.effort
        self._episodes.count(transition)
        frames = self._memory.push(self.policy.frame(self._raw, self._last_effort))
        self.observation = self._seen(frames)
        step = EpisodeStep(
            observation=self.observation,
            final_observation=self.observation,
            reward=transition.reward,
            terminated=transition.terminated,
            truncated=transition.truncated,
            success=transition.success,
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
        environment = self._snapshot.take(self.environment)
        return {
            **{f"environment.{name}": value for name, value in environment.items()},
            **self._episodes.state(),
            "level": torch.tensor(self.level, dtype=torch.float64),
            "last_effort": self._last_effort.clone(),
            **{f"memory.{name}": value for name, value in self._memory.state().items()},
            "raw": self._raw.clone(),
            "observation": self.observation.clone(),
        }

    def restore(self, state: dict[str, Tensor]) -> Tensor:
        """Go on from what `state` gave; returns observations (N, O)."""
        self._snapshot.put_back(self.environment, entries_below("environment.", state))
        self._episodes.restore(state)
        self.level = float(state["level"])
        self._last_effort, self._raw, self.observation = (
            state[name].to(self.device, copy=True) for name in ("last_effort", "raw", "observation")
        )
        self._memory.put_back(entries_below("memory.", state))
        return self.observation

    def close(self) -> None:
        """Release the environment."""
        self.environment.close()
