"""Teachers as the task's experts: what a manager could do that knew where the pelvis should be."""

from torch import Tensor

from envs.humanoid.reach.environment import ReachEnvironment
from envs.humanoid.reach.training import teacher_of
from robolearn.environment import Expert


class PrivilegedTeacher(Expert):
    """Commands from the environment's own references; it remembers nothing."""

    def __init__(self, environment: ReachEnvironment, name: str = "mended") -> None:
        """name: of `TEACHERS`. Raises UserError for one that there is not."""
        self._label = teacher_of(environment, name)

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """Nothing to forget."""

    def act(self, observation: Tensor) -> Tensor:
        """Commands (N, 4)."""
        return self._label()
