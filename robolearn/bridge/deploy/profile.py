"""What deployment must know of a robot; whoever knows the robot fills it in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from robolearn.bridge.safety.joints import Vector
from robolearn.bridge.safety.limits import JointLimits
from robolearn.checkpoint import Checkpoint
from robolearn.errors import UserError, unknown_name
from robolearn.policies.agreement import require_agreement
from robolearn.policies.worker.action import owned_joints as driven_joints
from robolearn.policies.worker.drive import VelocityLimits
from robolearn.specification import TaskSpec


@dataclass(frozen=True)
class RobotProfile:
    """Of a robot with J joints, in the order of its motors.

    name: on the command line
    limits: of its joints, for commands `period` apart
    period: between two commands [s]
    kp, kd: gains of its servos, (J,) [N m/rad], [N m s/rad]
    standing: (J,) targets that hold the standing posture [rad]
    height: of the pelvis in that posture [m]
    lowest, highest: that the pelvis may be commanded to [m]
    lowest_walk: of the pelvis, below which a worker is not to walk [m]
    velocity: that a worker may be commanded
    tasks: that workers for it are made for, by name
    """

    name: str
    limits: JointLimits
    period: float
    kp: Vector
    kd: Vector
    standing: Vector
    height: float
    lowest: float
    highest: float
    lowest_walk: float
    velocity: VelocityLimits
    tasks: Mapping[str, TaskSpec]

    @property
    def joints(self) -> tuple[str, ...]:
        """Names of the joints."""
        return self.limits.names


@dataclass(frozen=True)
class Owned:
    """Joints that a policy commands.

    places: (A,) int64 among the robot's joints
    kp, kd: (J,) gains of all joints, the policy's own for those
    """

    places: np.ndarray
    kp: Vector
    kd: Vector


def owned_joints(checkpoint: Checkpoint, profile: RobotProfile) -> Owned:
    """What a worker's checkpoint commands on the robot.

    Raises UserError, in one line, for a checkpoint of another kind, another task, other joints, another order
    or rate, and for gains beyond the robot's limits.
    """
    origin, spec = str(checkpoint.path), checkpoint.spec
    if checkpoint.kind != "worker":
        raise UserError(f"{origin} holds a policy of kind '{checkpoint.kind}': deploy takes a 'worker'")
    if spec.name not in profile.tasks:
        raise unknown_name(f"task of {origin} for robot={profile.name}", spec.name, profile.tasks)
    require_agreement(spec, replace(profile.tasks[spec.name], gains=spec.gains), origin)
    names = driven_joints(spec.action)
    places = np.array([profile.joints.index(name) for name in names])
    kp, kd = profile.kp.copy(), profile.kd.copy()
    for place, name in zip(places, names, strict=True):
        if name not in spec.gains:
            raise UserError(f"{origin}: gains of '{name}' are missing")
        kp[place], kd[place] = spec.gains[name]
    _check_gains(origin, "stiffness", kp, profile.limits.kp, profile)
    _check_gains(origin, "damping", kd, profile.limits.kd, profile)
    return Owned(places, kp, kd)


def _check_gains(origin: str, what: str, gains: Vector, greatest: Vector, profile: RobotProfile) -> None:
    for name, gain, limit in zip(profile.joints, gains, greatest, strict=True):
        if not 0.0 <= gain <= limit:
            raise UserError(f"{origin}: {what} {gain:g} of '{name}' is not valid: it takes 0 to {limit:g}")
