"""stable-baselines3's PPO, driven one iteration at a time and resumable; subclasses bring their own update.

Collecting rollouts, bootstrapping at time-outs and generalised advantages are the library's.
"""

from collections import deque
from typing import Any

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import CallbackList
from stable_baselines3.common.logger import configure as configure_logger
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor

from robolearn.training.state import entries_below, optimizer_state, set_optimizer_state


class LibraryPPO(PPO):
    """PPO without the library's outer loop; what `train` leaves in `metrics` goes to the log."""

    _last_obs: np.ndarray | None  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self, policy: type[ActorCriticPolicy], env: VecEnv, generator: torch.Generator, **options: Any
    ) -> None:
        """generator: where exploration noise and the order of samples come from; options: the library's."""
        self.generator = generator
        self.metrics: dict[str, float] = {}
        super().__init__(policy, env, **options)
        self._no_callback = CallbackList([])
        self._no_callback.init_callback(self)
        self.set_logger(configure_logger(None, []))
        self.ep_info_buffer, self.ep_success_buffer = deque(maxlen=1), deque(maxlen=1)

    def start(self) -> None:
        """Begin a first episode in every world."""
        assert self.env is not None
        observation = self.env.reset()
        assert isinstance(observation, np.ndarray)
        self._last_obs = observation
        self._last_episode_starts = np.ones(self.env.num_envs, dtype=bool)

    def collect(self) -> None:
        """Fill the rollout buffer with `n_steps` of every world."""
        assert self.env is not None
        self.collect_rollouts(self.env, self._no_callback, self.rollout_buffer, self.n_steps)

    def state(self) -> dict[str, Tensor]:
        """Networks, optimiser and random state, between two iterations."""
        return {
            **{f"policy.{name}": value for name, value in self.policy.state_dict().items()},
            **{f"optimizer.{name}": value for name, value in optimizer_state(self.policy.optimizer).items()},
            "generator": self.generator.get_state(),
            "episode_starts": torch.as_tensor(np.asarray(self._last_episode_starts, dtype=bool)),
        }

    def restore(self, state: dict[str, Tensor], observation: Tensor) -> None:
        """Go on from a saved state and the worlds' observations, (N, O)."""
        self.policy.load_state_dict(entries_below("policy.", state))
        set_optimizer_state(self.policy.optimizer, entries_below("optimizer.", state))
        self.generator.set_state(state["generator"])
        self._last_obs = observation.numpy()
        self._last_episode_starts = state["episode_starts"].numpy()
