"""What an arm and its hand are told, as messages."""

from collections.abc import Sequence
from dataclasses import dataclass

from robolearn.bridge.arm.limits import Vector
from robolearn.bridge.arm.pose import EndEffectorPose
from robolearn.bridge.arm.stamps import stamped
from robolearn.bridge.messages.builtin_interfaces import Duration
from robolearn.bridge.messages.geometry_msgs import PoseStamped
from robolearn.bridge.messages.trajectory_msgs import JointTrajectory, JointTrajectoryPoint

_SECOND = 10**9


@dataclass(frozen=True)
class Target:
    """For one control period.

    pose: of the end effector
    angles: (J,) that bring it nearer, where joints are commanded [rad]
    closed: whether the fingers are
    """

    pose: EndEffectorPose
    angles: Vector | None
    closed: bool


def pose_message(pose: EndEffectorPose, stamp: int, base: str) -> PoseStamped:
    """Of /target_pose. stamp: of the state that it answers [ns]."""
    return PoseStamped(stamped(stamp, base), pose.message())


def joint_message(
    names: Sequence[str], values: Sequence[float], stamp: int, period: float
) -> JointTrajectory:
    """Of a joint trajectory controller: one point, that is reached after a control period [s]."""
    duration = Duration(*divmod(round(period * _SECOND), _SECOND))
    point = JointTrajectoryPoint(positions=list(values), time_from_start=duration)
    return JointTrajectory(stamped(stamp), list(names), [point])
