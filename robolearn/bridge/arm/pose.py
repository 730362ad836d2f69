"""Where an end effector is or shall be, and its message."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from robolearn.bridge.arm.limits import Vector
from robolearn.bridge.messages.geometry_msgs import Point, Pose, Quaternion


@dataclass(frozen=True)
class EndEffectorPose:
    """In the base's frame.

    position: (3,) [m]
    rotation: from the end effector's frame
    """

    position: Vector
    rotation: Rotation

    def message(self) -> Pose:
        """As ROS has it."""
        return Pose(Point(*self.position.tolist()), Quaternion(*self.rotation.as_quat().tolist()))


def turn_between(start: Rotation, end: Rotation) -> Vector:
    """(3,) rotation vector from one to the other in the base's frame, the shorter way [rad]."""
    return (end * start.inv()).as_rotvec()


def position_of(point: Point) -> Vector:
    """(3,) [m]."""
    return np.array([point.x, point.y, point.z])


def quaternion_of(quaternion: Quaternion) -> Vector:
    """(4,) with w last, as it came."""
    return np.array([quaternion.x, quaternion.y, quaternion.z, quaternion.w])
