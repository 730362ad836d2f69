"""Who commands in the manager's environment: a teacher or a checkpoint; and the environment to train in."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from envs.humanoid.reach.environment import ReachEnvironment
from envs.humanoid.reach.sources import GeneratedSource
from envs.humanoid.reach.teacher import TEACHERS
from envs.humanoid.tasks import reach
from envs.registry import make_teacher
from robolearn.errors import unknown_name
from robolearn.evaluation.controllers import Controller, PolicyController
from robolearn.paths import shipped_checkpoint
from robolearn.policies.registry import load_policy

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


def controller_of(
    environment: ReachEnvironment, checkpoint: str | Path | None, teacher: str | None
) -> Controller:
    """Commands for the worker: of the named teacher, or else of a manager's checkpoint.

    checkpoint: the shipped one unless given

    Raises UserError for a teacher that there is not, and a checkpoint that does not fit.
    """
    if teacher is not None:
        return make_teacher(environment, teacher)
    path = shipped_checkpoint("g1_manager") if checkpoint is None else checkpoint
    policy = load_policy(path, expected=environment.spec)
    return PolicyController(policy, environment.num_envs, seed=0)
