"""PPO of the worker whose rollouts never leave the device that simulates them."""

from typing import cast

import numpy as np
import torch
from torch import Tensor

from robolearn.reinforcement.episodes import EpisodeStep, EpisodicBatch
from robolearn.reinforcement.gaussian_ppo import ActionSamples
from robolearn.reinforcement.vec_env import BatchVecEnv
from robolearn.reinforcement.worker.worker_ppo import WorkerPPO


class ResidentPPO(WorkerPPO):
    """As `WorkerPPO`, with the library's rollouts, time-outs and advantages in torch."""

    def start(self) -> None:
        """Begin a first episode in every world."""
        self._observation = self._batch.start()
        self._starts = torch.ones(self.n_envs, dtype=torch.bool, device=self.device)

    @property
    def _batch(self) -> EpisodicBatch:
        return cast(BatchVecEnv, self.env).batch

    @torch.no_grad()
    def collect(self) -> None:
        """Act for `n_steps` in every world."""
        self.policy.set_training_mode(False)
        steps = [self._act() for _ in range(self.n_steps)]
        observation, action, log_probability, value, reward, start = map(
            torch.stack, zip(*steps, strict=True)
        )
        self._values = torch.cat((value, self.policy.predict_values(self._observation).view(1, -1)))
        starts = torch.cat((start, self._starts[None]))
        self._advantage = advantages(reward, self._values, starts, self.gamma, self.gae_lambda)
        self._collected = observation, action, log_probability

    def _act(self) -> tuple[Tensor, ...]:
        """One control step: what was seen and done, its log density and value, the reward, and who began."""
        observation, start = self._observation, self._starts
        action, value, log_probability = self.policy(observation)
        limit = float(self.action_space.high[0])  # pyright: ignore[reportAttributeAccessIssue]
        step = self._batch.step(action.clamp(-limit, limit))
        self._observation, self._starts = step.observation, step.done
        reward = step.reward + self.gamma * self._left(step)
        return observation, action, log_probability, value.flatten(), reward, start

    def _left(self, step: EpisodeStep) -> Tensor:
        """(N,) the value of where episodes were cut short; zero elsewhere."""
        value = torch.zeros_like(step.reward)
        cut = step.truncated.nonzero().squeeze(1)
        if len(cut):
            value[cut] = self.policy.predict_values(step.final_observation[cut]).flatten()
        return value

    def samples(self) -> ActionSamples:
        """The rollout, flattened, with advantages of zero mean and unit deviation."""
        observation, action, log_probability = (part.flatten(0, 1) for part in self._collected)
        advantage = self._advantage.flatten()
        return ActionSamples(
            observation=observation,
            action=action,
            log_probability=log_probability,
            advantage=(advantage - advantage.mean()) / (advantage.std() + 1e-8),
            value_target=(self._advantage + self._values[:-1]).flatten(),
        )

    def predictions(self) -> tuple[np.ndarray, np.ndarray]:
        """See LibraryPPO."""
        values = self._values[:-1]
        both = torch.stack((values, values + self._advantage)).flatten(1).cpu().numpy()
        return both[0], both[1]

    def state(self) -> dict[str, Tensor]:
        """See WorkerPPO."""
        self._last_episode_starts = self._starts.cpu().numpy()
        return super().state()

    def restore(self, state: dict[str, Tensor], observation: Tensor) -> None:
        """See WorkerPPO."""
        super().restore(state, observation.cpu())
        self._observation, self._starts = observation, state["episode_starts"].to(self.device)


def advantages(reward: Tensor, value: Tensor, start: Tensor, discount: float, decay: float) -> Tensor:
    """Generalised advantages (T, N) (Schulman et al. 2016, eq. 16).

    reward: (T, N); value: (T + 1, N), with that of where the last step led to
    start: (T + 1, N) bool, an episode begins with that step; decay: lambda
    """
    found, following = torch.zeros_like(reward), torch.zeros_like(reward[0])
    for step in reversed(range(len(reward))):
        goes_on = 1.0 - start[step + 1].float()
        error = reward[step] + discount * value[step + 1] * goes_on - value[step]
        following = error + discount * decay * goes_on * following
        found[step] = following
    return found
