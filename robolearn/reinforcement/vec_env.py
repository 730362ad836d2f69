"""Batches as stable-baselines3 vectorised environments: thin, numpy in and out."""

from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices, VecEnvStepReturn

from robolearn.environment import BatchedEnvironment
from robolearn.reinforcement.episodes import AutoResetEnvironment, EpisodeStep, EpisodicBatch


class BatchVecEnv(VecEnv):
    """An `EpisodicBatch` for stable-baselines3.

    Where an episode ends, `infos` carries `terminal_observation`, `TimeLimit.truncated` and
    `is_success`, and the observation returned is the first of the next episode.
    """

    def __init__(self, batch: EpisodicBatch, action_limit: float, reward_scale: float = 1.0) -> None:
        """action_limit: bound of every action entry, on both sides; reward_scale: factor on rewards."""
        self.batch = batch
        self._reward_scale = reward_scale
        self._action = torch.zeros(batch.num_envs, batch.action_size)
        self.render_mode = None
        super().__init__(
            batch.num_envs,
            spaces.Box(-np.inf, np.inf, (batch.observation_size,), np.float32),
            spaces.Box(-action_limit, action_limit, (batch.action_size,), np.float32),
        )

    def reset(self) -> np.ndarray:
        """Begin a new episode in every world; returns observations, (N, O) float32."""
        return self.batch.start().numpy()

    def step_async(self, actions: np.ndarray) -> None:
        """Remember actions (N, A) for `step_wait`."""
        self._action = torch.from_numpy(np.asarray(actions, dtype=np.float32))

    def step_wait(self) -> VecEnvStepReturn:
        """Run one control period."""
        step = self.batch.step(self._action)
        reward = self._reward_scale * step.reward
        return step.observation.numpy(), reward.numpy(), step.done.numpy(), _infos(step)

    def close(self) -> None:
        """Release the worlds."""
        self.batch.close()

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """The batch's attribute, once per world."""
        return [getattr(self, attr_name)] * len(list(self._get_indices(indices)))

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Not possible: the worlds of a batch share their attributes."""
        raise AttributeError(f"the worlds of a batch share '{attr_name}'")

    def env_method(
        self, method_name: str, *args: Any, indices: VecEnvIndices = None, **kwargs: Any
    ) -> list[Any]:
        """Not possible: a batch has no environment objects, one a world."""
        raise AttributeError(f"a batch has no method '{method_name}' per world")

    def env_is_wrapped(self, wrapper_class: type, indices: VecEnvIndices = None) -> list[bool]:
        """False, once per world."""
        return [False] * len(list(self._get_indices(indices)))


def task_vec_env(environment: BatchedEnvironment, seed_stream: int, action_limit: float = 1.0) -> BatchVecEnv:
    """Any task for stable-baselines3's own algorithms: raw observations and actions, restarting worlds."""
    return BatchVecEnv(AutoResetEnvironment(environment, seed_stream), action_limit)


def _infos(step: EpisodeStep) -> list[dict[str, Any]]:
    infos: list[dict[str, Any]] = [{} for _ in range(len(step.reward))]
    for world in step.done.nonzero().squeeze(1).tolist():
        infos[world] = {
            "terminal_observation": step.final_observation[world].numpy(),
            "TimeLimit.truncated": bool(step.truncated[world]),
            "is_success": bool(step.success[world]),
        }
    return infos
