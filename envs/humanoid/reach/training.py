"""What a manager is trained in, and by whom."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from torch import Tensor

from envs.humanoid.reach.environment import ReachEnvironment
from envs.humanoid.reach.sources import GeneratedSource
from envs.humanoid.reach.teacher import TEACHERS
from envs.humanoid.tasks import reach
from robolearn.errors import unknown_name

if TYPE_CHECKING:
    from robolearn.training.manager_settings import ManagerRunSettings


def training_environment(settings: "ManagerRunSettings") -> ReachEnvironment:
    """The batch that a manager is trained in. Raises UserError for a worker that is none."""
    source = GeneratedSource(settings.walks)
    return reach(
        settings.num_envs,
        worker=settings.worker,
        source=source,
        randomness=settings.randomness,
        disturbance=settings.disturbance,
        faults=settings.faults,
        num_threads=settings.num_threads,
    )


def teacher_of(environment: ReachEnvironment, name: str) -> Callable[[], Tensor]:
    """Labels (N, 4) for the present states. Raises UserError for a teacher that there is not."""
    if name not in TEACHERS:
        raise unknown_name("teacher", name, TEACHERS)
    return lambda: environment.limited(TEACHERS[name](environment))
