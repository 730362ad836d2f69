"""The mended teacher as the task's expert: what a manager could do that knew where the pelvis should be."""

from torch import Tensor

from envs.humanoid.reach.environment import ReachEnvironment
from envs.humanoid.reach.teacher import mended
from robolearn.environment import Expert


class MendedTeacher(Expert):
    """Commands from the environment's own references; it remembers nothing."""

    def __init__(self, environment: ReachEnvironment) -> None:
        self._environment = environment

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """Nothing to forget."""

    def act(self, observation: Tensor) -> Tensor:
        """Commands (N, 4)."""
        return self._environment.limited(mended(self._environment))
