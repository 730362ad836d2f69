"""Where somebody wants the hands to be."""

from typing import Final

import numpy as np

from robolearn.bridge.deploy.exchange import NO_HANDS
from robolearn.bridge.messages.geometry_msgs import Pose, PoseArray
from robolearn.bridge.safety.joints import Vector

ODOMETRY: Final = "odom"
"""Frame of hand targets (REP 105): the floor below where the pelvis was at the start."""

FARTHEST: Final = 10.0
"""Targets from the pelvis [m]; chosen: nobody means to send a humanoid so far blindly."""


class HandTargets:
    """The last that were valid, until somebody drives the robot otherwise.

    goal: (14,) as in `PolicyRequest`
    """

    def __init__(self) -> None:
        self.goal = NO_HANDS

    def clear(self) -> None:
        """From now on hands are nobody's business."""
        self.goal = NO_HANDS

    def aim(self, message: PoseArray | None, pelvis: Vector) -> str:
        """Take over the poses of both hands; returns why not, empty if all is well.

        pelvis: (3,) where it is in the frame of the odometry [m], NaN before anybody reckoned it
        """
        if message is None:
            return "hand targets that cannot be read"
        frame = message.header.frame_id
        if frame != ODOMETRY:
            return f"hand targets in frame '{frame}': they are taken in '{ODOMETRY}'"
        if len(message.poses) != 2:
            return f"{len(message.poses)} hand targets: it takes 2, of the left hand and of the right one"
        goal = np.concatenate([_vector(pose) for pose in message.poses])
        if not np.isfinite(goal).all():
            return "hand targets that are not finite"
        both = goal.reshape(2, 7)
        if (np.abs(np.linalg.norm(both[:, 3:], axis=1) - 1.0) > 0.01).any():
            return "hand targets whose quaternions are not of length 1"
        if (np.linalg.norm(both[:, :3] - np.nan_to_num(pelvis), axis=1) > FARTHEST).any():
            return f"hand targets farther than {FARTHEST:g} m from the pelvis"
        self.goal = goal
        return ""


def _vector(pose: Pose) -> Vector:
    place, turn = pose.position, pose.orientation
    return np.array([place.x, place.y, place.z, turn.w, turn.x, turn.y, turn.z])
