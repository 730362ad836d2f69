"""`ArmSolver`'s steps for one arm, with Pinocchio: its reference, and what a deployed robot runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pinocchio as _pinocchio
from numpy.typing import NDArray

from robolearn.kinematics.arm_solver import ArmSolverSettings
from robolearn.kinematics.point_keep_out import PointKeepOut
from robolearn.kinematics.serial_chain import GRAVITY
from robolearn.kinematics.step_bounds import StepBounds

# Its names are made by the extension at import, where no type checker sees them.
pinocchio: Any = _pinocchio

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class ArmDescription:
    """One arm of a robot whose other joints stay at zero.

    joints: J names, from the arm's base on
    base: the link where the arm begins, in whose frame everything is
    hand_in_last: (3,) in the last link [m]
    lower, upper: (J,) limits [rad]
    natural: (J,) posture that joints go to where the hand leaves them free [rad]
    keep_out: what hand and elbow are kept out of; elbow: its joint
    """

    joints: Sequence[str]
    base: str
    hand_in_last: Vector
    lower: Vector
    upper: Vector
    natural: Vector
    keep_out: PointKeepOut | None = None
    elbow: int = 3


class PinocchioArm:
    """Follows hand poses."""

    def __init__(
        self, urdf: Path, arm: ArmDescription, period: float, settings: ArmSolverSettings | None = None
    ) -> None:
        """period: of control [s]."""
        whole = pinocchio.buildModelFromUrdf(str(urdf))
        locked = [whole.getJointId(name) for name in whole.names[1:] if name not in arm.joints]
        self.model = pinocchio.buildReducedModel(whole, locked, pinocchio.neutral(whole))
        assert list(self.model.names[1:]) == list(arm.joints)
        last = self.model.getJointId(arm.joints[-1])
        placement = pinocchio.SE3(np.eye(3), arm.hand_in_last)
        self._hand = self.model.addFrame(pinocchio.Frame("hand", last, 0, placement, pinocchio.OP_FRAME))
        self.data = self.model.createData()
        self._base = self.model.getFrameId(arm.base)
        self._elbow = self.model.getJointId(arm.joints[arm.elbow])
        self.arm = arm
        self.settings = ArmSolverSettings() if settings is None else settings
        self._bounds = StepBounds.of(arm.lower, arm.upper, self.settings, period)

    def pose(self, angles: Vector) -> tuple[Vector, NDArray[np.float64]]:
        """Position (3,) [m] and rotation (3, 3) of the hand in the base."""
        pinocchio.framesForwardKinematics(self.model, self.data, angles)
        return self._pose()

    def _pose(self) -> tuple[Vector, NDArray[np.float64]]:
        hand = self.data.oMf[self._base].actInv(self.data.oMf[self._hand])
        return hand.translation.copy(), hand.rotation.copy()

    def step(self, angles: Vector, position: Vector, rotation: NDArray[np.float64]) -> Vector:
        """Angles (J,) [rad] after a control period; targets (3,) [m] and (3, 3) in the base."""
        if self.arm.keep_out is not None:
            position = self.arm.keep_out.pushed(position)
        for _ in range(self.settings.iterations):
            angles = self._iterate(angles, position, rotation)
        return angles

    def gravity_torque(self, angles: Vector, down: Vector) -> Vector:
        """Torques (J,) [N m] that hold the arm against gravity. down: (3,) unit vector in the base."""
        self.model.gravity.linear = GRAVITY * (self.data.oMf[self._base].rotation @ down)
        return pinocchio.computeGeneralizedGravity(self.model, self.data, angles).copy()

    def _iterate(self, angles: Vector, position: Vector, rotation: NDArray[np.float64]) -> Vector:
        settings = self.settings
        pinocchio.computeJointJacobians(self.model, self.data, angles)
        pinocchio.updateFramePlacements(self.model, self.data)
        place, turn = self._pose()
        weights = np.repeat((1.0, settings.turn_weight), 3)
        error = weights * np.concatenate((position - place, pinocchio.log3(rotation @ turn.T)))
        aligned = pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
        jacobian = pinocchio.getFrameJacobian(self.model, self.data, self._hand, aligned)
        back = self.data.oMf[self._base].rotation.T
        jacobian = weights[:, None] * np.concatenate((back @ jacobian[:3], back @ jacobian[3:]))
        comfort = settings.posture_gain * (self.arm.natural - angles) + self._elbow_push()
        return self._bounds.stepped(angles, jacobian, error, comfort, settings.damping)

    def _elbow_push(self) -> Vector:
        """Rotations (J,) [rad] that move the elbow out of the body, after Jacobians are computed."""
        if self.arm.keep_out is None:
            return np.zeros(len(self.arm.joints))
        base = self.data.oMf[self._base]
        way = self.arm.keep_out.push(base.actInv(self.data.oMi[self._elbow]).translation)
        aligned = pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
        jacobian = pinocchio.getJointJacobian(self.model, self.data, self._elbow, aligned)[:3]
        return self.settings.elbow_gain * (base.rotation @ way) @ jacobian
