"""Both arms of one G1 follow its hands' references: what `FollowingArms` does for a batch, with Pinocchio."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from envs.robots.g1.arms import HAND_IN_WRIST, MOTION_SHARE, arm_solver, trunk_keep_out
from envs.robots.g1.constants import LEFT_ARM, RIGHT_ARM, TORSO, kind_of
from envs.robots.g1.model import g1_description
from robolearn.kinematics.pinocchio_arm import ArmDescription, PinocchioArm, Vector
from robolearn.kinematics.point_keep_out import PointKeepOut


def single_arms(model: mujoco.MjModel, period: float) -> list[PinocchioArm]:
    """Left and right, with the limits of the batched ones. model: of the G1; period: of control [s]."""
    solver = arm_solver(model, period)
    folder, urdf = g1_description()
    arms = []
    for side, joints in enumerate((LEFT_ARM, RIGHT_ARM)):
        both = (solver.chain.lower, solver.chain.upper, solver.natural)
        lower, upper, natural = (angles[side].double().numpy() for angles in both)
        keep_out = PointKeepOut.of(trunk_keep_out())
        hand = np.array(HAND_IN_WRIST[0])
        description = ArmDescription(joints, TORSO, hand, lower, upper, natural, keep_out)
        arms.append(PinocchioArm(folder / urdf, description, period))
    return arms


class SingleArms:
    """Inverse kinematics, and what the servos are told besides.

    angles: (2, 7) that the arms are commanded [rad]
    """

    def __init__(self, model: mujoco.MjModel, period: float) -> None:
        """model: of the G1; period: of control [s]."""
        self._period = period
        self._arms = single_arms(model, period)
        self.angles = np.stack([arm.arm.natural for arm in self._arms])
        gains = [kind_of(name).gains for name in (*LEFT_ARM, *RIGHT_ARM)]
        self._damping = np.array([MOTION_SHARE * gain.damping for gain in gains]).reshape(2, -1)
        self._compliance = np.array([1.0 / gain.stiffness for gain in gains]).reshape(2, -1)

    def follow(self, position: Vector, rotation: NDArray[np.float64], down: Vector) -> Vector:
        """Command the arms towards references; returns how far servos' targets are ahead, (14,) [rad].

        position, rotation: (2, 3) [m] and (2, 3, 3) of the hands in the torso; down: (3,) unit vector in it
        See `FollowingArms.follow`.
        """
        before = self.angles
        steps = zip(self._arms, before, position, rotation, strict=True)
        self.angles = np.stack([arm.step(*rest) for arm, *rest in steps])
        both = zip(self._arms, self.angles, strict=True)
        torque = np.stack([arm.gravity_torque(angles, down) for arm, angles in both])
        torque = torque + self._damping * (self.angles - before) / self._period
        return (self._compliance * torque).ravel()
