"""A batch of worlds as a `gymnasium.vector.VectorEnv`."""

from typing import Any

import numpy as np
import torch
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray
from torch import Tensor

from envs.adapters.camera import LazyCamera
from envs.adapters.spaces import METADATA, EpisodeSeeds, action_space, observation_space
from envs.registry import make_environment
from robolearn.environment import Transition

Array = NDArray[Any]


class VectorEnvironment(VectorEnv[Array, Array, Array]):
    """`num_envs` worlds of a task, stepped together.

    num_threads: of the physics; 0 for one a core
    autoreset_mode: when finished worlds begin the next episode: with the next step, which ignores their
        action (Gymnasium's default), within the same step, whose last observation is then in
        `infos["final_obs"]`, or when `reset(options={"reset_mask": ...})` names them

    The rest as in `envs.adapters.single`. `reset(seed=...)` begins the first `num_envs` episodes of the run
    with that seed, one a world.
    """

    def __init__(
        self,
        task: str,
        num_envs: int,
        randomness: str = "low",
        disturbance: bool = False,
        num_threads: int = 0,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        camera: str = "front",
        width: int = 640,
        height: int = 480,
    ) -> None:
        self.batch = make_environment(
            task, num_envs, randomness=randomness, disturbance=disturbance, num_threads=num_threads
        )
        self.num_envs = num_envs
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {**METADATA, "autoreset_mode": self.autoreset_mode}
        self.single_observation_space = observation_space(self.batch.spec)
        self.single_action_space = action_space(self.batch.spec)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.render_mode = render_mode
        self._camera = LazyCamera(self.batch, render_mode, camera, width, height)
        self._seeds = EpisodeSeeds()
        self._finished = torch.zeros(num_envs, dtype=torch.bool)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Begin new episodes in all worlds, or in those of `options["reset_mask"]`, (N,) bool."""
        super().reset(seed=seed)
        self._seeds.begin(seed, self.np_random)
        chosen = torch.ones(self.num_envs, dtype=torch.bool)
        if options is not None and "reset_mask" in options:
            chosen = torch.from_numpy(np.asarray(options["reset_mask"], dtype=np.bool_))
        self._finished &= ~chosen
        return _copied(self._begin(chosen)), {}

    def step(self, actions: Array) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """Run one control period with actions (N, A) in the task's units."""
        transition = self.batch.step(torch.from_numpy(np.asarray(actions, dtype=np.float32)))
        skipped = self._finished & (self.autoreset_mode is AutoresetMode.NEXT_STEP)
        terminated = transition.terminated & ~skipped
        truncated = transition.truncated & ~transition.terminated & ~skipped
        self._finished = terminated | truncated
        reward, restarting = _copied(transition.reward), skipped
        infos = _infos(transition, ~skipped)
        if self.autoreset_mode is AutoresetMode.SAME_STEP and bool(self._finished.any()):
            infos, restarting = _with_final(infos, transition.observation, self._finished), self._finished
        observation = self._begin(restarting) if bool(restarting.any()) else transition.observation
        return _copied(observation), reward, terminated.numpy(), truncated.numpy(), infos

    def render(self) -> tuple[Array, ...] | None:
        """An (H, W, 3) picture of every world, or None without a render mode."""
        return self._camera.pictures(self.num_envs)

    def close_extras(self, **kwargs: Any) -> None:
        """Release the worlds and their camera."""
        self._camera.close()
        self.batch.close()

    def _begin(self, chosen: Tensor) -> Tensor:
        """Begin the next episodes in the worlds `chosen`, (N,) bool; returns observations of all, (N, O)."""
        worlds = chosen.nonzero().squeeze(-1)
        return self.batch.reset(self._seeds.take(len(worlds)), worlds)


def _infos(transition: Transition, holds: Tensor) -> dict[str, Any]:
    """Values of all worlds, each with the mask `holds`, (N,) bool, of the worlds that they hold for."""
    values = {"is_success": transition.success, "phase": transition.phase, "fault": transition.fault}
    return {
        key: _copied(array)
        for name, value in values.items()
        for key, array in ((name, value), (f"_{name}", holds))
    }


def _with_final(infos: dict[str, Any], observation: Tensor, finished: Tensor) -> dict[str, Any]:
    """What an episode ended with goes under `final_obs` and `final_info`."""
    mask = _copied(finished)
    final_observations = np.full(len(mask), None, dtype=object)
    for world in np.flatnonzero(mask):
        final_observations[world] = _copied(observation[world])
    return {
        **{name: value & ~mask if name.startswith("_") else value for name, value in infos.items()},
        "final_obs": final_observations,
        "_final_obs": mask,
        "final_info": {
            name: mask.copy() if name.startswith("_") else value.copy() for name, value in infos.items()
        },
        "_final_info": mask.copy(),
    }


def _copied(values: Tensor) -> Array:
    """As numpy, in memory of its own: environments hand out their own buffers."""
    return values.clone().numpy()
