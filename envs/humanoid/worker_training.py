"""What training a worker needs of the simulation: its environment, and a worker that knows the robot."""

from typing import TYPE_CHECKING, Final

from envs.humanoid.privileged import ESTIMATED
from envs.humanoid.tasks import worker, worker_legs
from envs.humanoid.worker import WorkerEnvironment
from envs.robots.g1.constants import kind_of
from envs.robots.g1.crouch import HEIGHTS, POSTURES, TARGETS
from robolearn.errors import unknown_name
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.policies.worker.worker_policy import WorkerConfig, WorkerPolicy
from robolearn.specification import TaskSpec

if TYPE_CHECKING:
    from robolearn.reinforcement.settings import WorkerPpoSettings

WORKER_TASKS: Final = {"g1_worker": worker, "g1_worker_legs": worker_legs}
"""In which a worker can be trained."""


def training_environment(settings: "WorkerPpoSettings") -> WorkerEnvironment:
    """The batch that a worker is trained in. Raises UserError for a task or randomness that there is not."""
    if settings.task not in WORKER_TASKS:
        raise unknown_name("task of a worker", settings.task, WORKER_TASKS)
    return WORKER_TASKS[settings.task](
        settings.num_envs,
        randomness=settings.randomness,
        disturbance=settings.disturbance,
        num_threads=settings.num_threads,
        weights=settings.rewards,
        ranges=settings.commands,
        pushes=settings.pushes,
    )


def make_worker(spec: TaskSpec, networks: WorkerNetworks) -> WorkerPolicy:
    """An untrained worker for the task `spec`, which stands in the crouch of the height it is told."""
    kinds = [kind_of(name.removesuffix(".target")) for name in spec.action.names]
    config = WorkerConfig(
        hidden=list(networks.hidden),
        estimator_hidden=list(networks.estimator_hidden),
        estimated=list(ESTIMATED),
        lags=list(networks.lags),
        action_scale=[networks.effort_share * kind.motor.effort / kind.gains.stiffness for kind in kinds],
        heights=HEIGHTS.tolist(),
    )
    policy = WorkerPolicy(config, spec)
    policy.set_postures(POSTURES, TARGETS)
    return policy
