"""The last thing between a policy and an arm: whatever is asked, what comes out is within limits."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from robolearn.bridge.arm.limits import ArmLimits, Vector
from robolearn.bridge.arm.pose import EndEffectorPose, turn_between


@dataclass(frozen=True)
class PoseChanges:
    """Why a target is not the one that was asked for.

    step, turn: it was too far from where the end effector is
    workspace: it was outside of the box
    """

    step: bool
    turn: bool
    workspace: bool

    def any(self) -> bool:
        """Whether there is a change at all."""
        return self.step or self.turn or self.workspace


def safe_pose(
    wanted: EndEffectorPose, measured: EndEffectorPose, limits: ArmLimits
) -> tuple[EndEffectorPose, PoseChanges]:
    """The target towards `wanted` that is within `limits`, and what was changed.

    wanted: finite
    measured: where the end effector is; from outside of the box, the target leads straight into it
    """
    inside = np.clip(wanted.position, limits.lowest, limits.highest)
    way, turn = inside - measured.position, turn_between(measured.rotation, wanted.rotation)
    far, wide = np.linalg.norm(way) > limits.step, np.linalg.norm(turn) > limits.turn
    position = measured.position + _shortened(way, limits.step) if far else inside
    rotation = wanted.rotation
    if wide:
        rotation = Rotation.from_rotvec(_shortened(turn, limits.turn)) * measured.rotation
    changes = PoseChanges(bool(far), bool(wide), bool((inside != wanted.position).any()))
    return EndEffectorPose(position, rotation), changes


def safe_joints(wanted: Vector, measured: Vector, limits: ArmLimits) -> tuple[Vector, bool]:
    """Angles (J,) towards `wanted`, finite, that are within `limits`, and whether they are others [rad].

    measured: (J,) [rad]
    """
    near = np.clip(wanted, measured - limits.joint_step, measured + limits.joint_step)
    safe = np.clip(near, limits.lower, limits.upper)
    return safe, bool((safe != wanted).any())


def _shortened(vector: Vector, longest: float) -> Vector:
    return vector * (longest / np.linalg.norm(vector))
