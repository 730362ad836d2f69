"""One world as a `gymnasium.Env`: a batch of one."""

from typing import Any

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray

from envs.adapters.camera import LazyCamera
from envs.adapters.spaces import METADATA, EpisodeSeeds, action_space, observation_space
from envs.registry import make_environment

Array = NDArray[Any]


class SingleEnvironment(gymnasium.Env[Array, Array]):
    """One world of a task.

    task: its name, such as "one_leg"
    randomness, disturbance: see `envs.registry.make_environment`
    render_mode: None, or "rgb_array" for pictures of `width` x `height` pixels through `camera`

    `info` after a step has `is_success`, `phase` (an index into `batch.spec.phases`) and `fault`.
    """

    metadata: dict[str, Any] = METADATA

    def __init__(
        self,
        task: str,
        randomness: str = "low",
        disturbance: bool = False,
        render_mode: str | None = None,
        camera: str = "front",
        width: int = 640,
        height: int = 480,
    ) -> None:
        self.batch = make_environment(task, 1, randomness=randomness, disturbance=disturbance, num_threads=1)
        self.observation_space = observation_space(self.batch.spec)
        self.action_space = action_space(self.batch.spec)
        self.render_mode = render_mode
        self._camera = LazyCamera(self.batch, render_mode, camera, width, height)
        self._seeds = EpisodeSeeds()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Begin the next episode; a seed determines it and those that follow."""
        super().reset(seed=seed)
        self._seeds.begin(seed, self.np_random)
        observation = self.batch.reset(self._seeds.take(1))
        return observation[0].clone().numpy(), {}

    def step(self, action: Array) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Run one control period with an action (A,) in the task's units."""
        actions = torch.from_numpy(np.asarray(action, dtype=np.float32))[None]
        transition = self.batch.step(actions)
        info = {
            "is_success": bool(transition.success[0]),
            "phase": int(transition.phase[0]),
            "fault": bool(transition.fault[0]),
        }
        return (
            transition.observation[0].clone().numpy(),
            float(transition.reward[0]),
            bool(transition.terminated[0]),
            bool(transition.truncated[0]),
            info,
        )

    def render(self) -> Array | None:
        """An (H, W, 3) picture, or None without a render mode."""
        pictures = self._camera.pictures(1)
        return None if pictures is None else pictures[0]

    def close(self) -> None:
        """Release the world and its camera."""
        self._camera.close()
        self.batch.close()
