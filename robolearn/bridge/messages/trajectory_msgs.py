"""Motions of joints, planned ahead."""

from robolearn.bridge.message import Message, Nested, message, wired
from robolearn.bridge.messages.builtin_interfaces import Duration
from robolearn.bridge.messages.std_msgs import Header
from robolearn.bridge.wire_types import FLOAT64, Series, Text


@message("trajectory_msgs/msg/JointTrajectoryPoint")
class JointTrajectoryPoint(Message):
    """Where the joints shall be at one moment; a list is empty or has an entry for every joint.

    positions: [rad], velocities: [rad/s], accelerations: [rad/s^2], effort: [N m]
    time_from_start: of the trajectory
    """

    positions: list[float] = wired(Series(FLOAT64))
    velocities: list[float] = wired(Series(FLOAT64))
    accelerations: list[float] = wired(Series(FLOAT64))
    effort: list[float] = wired(Series(FLOAT64))
    time_from_start: Duration = wired(Nested(Duration))


@message("trajectory_msgs/msg/JointTrajectory")
class JointTrajectory(Message):
    """Points of the joints named; a stamp of zero begins at once."""

    header: Header = wired(Nested(Header))
    joint_names: list[str] = wired(Series(Text()))
    points: list[JointTrajectoryPoint] = wired(Series(Nested(JointTrajectoryPoint)))
