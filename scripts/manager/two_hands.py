"""Inverse kinematics of both hands at once, with Pinocchio: joints that both arms share can take part."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from envs.robots.g1.arms import HAND_IN_WRIST
from envs.robots.g1.constants import ARM_JOINTS, SIDES, default_angle
from envs.robots.g1.model import g1_description
from robolearn.kinematics.arm_solver import ArmSolverSettings
from robolearn.kinematics.pinocchio_arm import pinocchio
from robolearn.kinematics.step_bounds import StepBounds

Vector = NDArray[np.float64]

_LAST: Final = tuple(ARM_JOINTS[len(ARM_JOINTS) // 2 * side - 1] for side in (1, 2))
"""The wrists' last joints, left first."""


class TwoHands:
    """Follows poses of both hands in the pelvis with chosen joints; the robot's others stay at zero.

    The steps are those of `PinocchioArm`, for twelve rows instead of six: the same damping, weights, speeds
    and margins, a natural posture in what is left free, and nothing that keeps arms out of the trunk.
    """

    def __init__(self, joints: Sequence[str], period: float) -> None:
        """joints: in the URDF's order; period: of control [s]."""
        folder, urdf = g1_description()
        whole = pinocchio.buildModelFromUrdf(str(folder / urdf))
        locked = [whole.getJointId(name) for name in whole.names[1:] if name not in joints]
        self.model = pinocchio.buildReducedModel(whole, locked, pinocchio.neutral(whole))
        assert list(self.model.names[1:]) == list(joints)
        placement = pinocchio.SE3(np.eye(3), np.array(HAND_IN_WRIST[0]))
        self._hands = [
            self.model.addFrame(
                pinocchio.Frame(f"{side}_hand", self.model.getJointId(last), 0, placement, pinocchio.OP_FRAME)
            )
            for side, last in zip(SIDES, _LAST, strict=True)
        ]
        self.data = self.model.createData()
        self.natural = np.array([default_angle(name) for name in joints])
        self.settings = ArmSolverSettings()
        self._bounds = StepBounds.of(
            self.model.lowerPositionLimit, self.model.upperPositionLimit, self.settings, period
        )

    def errors(self, angles: Vector, position: Vector, rotation: Vector) -> tuple[Vector, Vector]:
        """Ways (2, 3) [m] and rotation vectors (2, 3) [rad] to targets (2, 3) and (2, 3, 3) in the pelvis."""
        pinocchio.framesForwardKinematics(self.model, self.data, angles)
        found = [self.data.oMf[hand] for hand in self._hands]
        way = np.stack([target - pose.translation for target, pose in zip(position, found, strict=True)])
        turn = [
            pinocchio.log3(target @ pose.rotation.T) for target, pose in zip(rotation, found, strict=True)
        ]
        return way, np.stack(turn)

    def step(self, angles: Vector, position: Vector, rotation: NDArray[np.float64]) -> Vector:
        """Angles (J,) [rad] after a control period; targets (2, 3) [m] and (2, 3, 3) in the pelvis."""
        for _ in range(self.settings.iterations):
            angles = self._iterate(angles, position, rotation)
        return angles

    def _iterate(self, angles: Vector, position: Vector, rotation: NDArray[np.float64]) -> Vector:
        settings = self.settings
        weights = np.repeat((1.0, settings.turn_weight), 3)
        way, turn = self.errors(angles, position, rotation)
        error = (weights * np.concatenate((way, turn), 1)).ravel()
        jacobian = np.concatenate([weights[:, None] * self._jacobian(angles, hand) for hand in self._hands])
        comfort = settings.posture_gain * (self.natural - angles)
        return self._bounds.stepped(angles, jacobian, error, comfort, settings.damping)

    def _jacobian(self, angles: Vector, hand: int) -> NDArray[np.float64]:
        """(6, J), with the axes of the pelvis."""
        aligned: Any = pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
        pinocchio.computeJointJacobians(self.model, self.data, angles)
        return pinocchio.getFrameJacobian(self.model, self.data, hand, aligned)
