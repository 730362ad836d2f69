"""What training a worker needs of the simulation: its environment, and a worker that knows the robot."""

from functools import partial
from typing import TYPE_CHECKING, Final

import mujoco

from envs.humanoid.privileged import ESTIMATED
from envs.humanoid.tasks import worker, worker_legs
from envs.humanoid.worker import WorkerEnvironment
from envs.physics import MakePhysics, Physics
from envs.robots.g1.constants import kind_of
from envs.robots.g1.crouch import HEIGHTS, POSTURES, TARGETS
from robolearn.devices import device_named
from robolearn.errors import unknown_name
from robolearn.policies.worker.action import owned_joints
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.policies.worker.worker_policy import WorkerConfig, WorkerPolicy
from robolearn.specification import TaskSpec

if TYPE_CHECKING:
    from robolearn.reinforcement.worker.settings import WorkerPpoSettings

WORKER_TASKS: Final = {"g1_worker": worker, "g1_worker_legs": worker_legs}
"""In which a worker can be trained."""

PHYSICS: Final = ("cpu", "warp")


def training_environment(settings: "WorkerPpoSettings") -> WorkerEnvironment:
    """The batch that a worker is trained in.

    Raises UserError for a task, randomness, physics or device that there is not.
    """
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
        physics=_physics(settings.physics, settings.device),
    )


def _physics(name: str, device: str) -> MakePhysics | None:
    if name not in PHYSICS:
        raise unknown_name("physics", name, PHYSICS)
    return partial(_warp, device) if name == "warp" else None


def _warp(device: str, model: mujoco.MjModel, num_worlds: int, substeps: int) -> Physics:
    # Imported here, since the rest needs no Warp.
    from envs.warp_simulation import WarpSimulation

    return WarpSimulation(model, num_worlds, substeps, device_named(device))


def make_worker(spec: TaskSpec, networks: WorkerNetworks) -> WorkerPolicy:
    """An untrained worker for the task `spec`, which stands in the crouch of the height it is told."""
    kinds = [kind_of(name) for name in owned_joints(spec.action)]
    config = WorkerConfig(
        hidden=list(networks.hidden),
        estimator_hidden=list(networks.estimator_hidden),
        estimated=list(ESTIMATED),
        lags=list(networks.lags),
        estimator_lags=list(networks.estimator_lags),
        action_scale=[networks.effort_share * kind.motor.effort / kind.gains.stiffness for kind in kinds],
        heights=HEIGHTS.tolist(),
    )
    policy = WorkerPolicy(config, spec)
    policy.set_postures(POSTURES, TARGETS)
    return policy
