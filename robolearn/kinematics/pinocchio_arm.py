"""The reference of `ArmSolver`: the same steps for one arm, with Pinocchio and in double precision."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pinocchio as _pinocchio
from numpy.typing import NDArray

from robolearn.kinematics.arm_solver import ArmSolverSettings
from robolearn.kinematics.step_bounds import StepBounds

# Its names are made by the extension at import, where no type checker sees them.
pinocchio: Any = _pinocchio

Vector = NDArray[np.float64]


class PinocchioArm:
    """Follows hand poses with one arm of a robot whose other joints stay at zero."""

    def __init__(
        self,
        urdf: Path,
        joints: Sequence[str],
        base: str,
        hand_in_last: Vector,
        natural: Vector,
        period: float,
        settings: ArmSolverSettings | None = None,
    ) -> None:
        """joints: of the arm, from its base on; hand_in_last: (3,) in the last link [m]; natural: (J,) [rad].

        base: the link where the arm begins, in whose frame targets are given
        """
        whole = pinocchio.buildModelFromUrdf(str(urdf))
        locked = [whole.getJointId(name) for name in whole.names[1:] if name not in joints]
        self.model = pinocchio.buildReducedModel(whole, locked, pinocchio.neutral(whole))
        assert list(self.model.names[1:]) == list(joints)
        self.data = self.model.createData()
        last = self.model.getJointId(joints[-1])
        placement = pinocchio.SE3(np.eye(3), hand_in_last)
        self._hand = self.model.addFrame(pinocchio.Frame("hand", last, 0, placement, pinocchio.OP_FRAME))
        self.data = self.model.createData()
        self._base = self.model.getFrameId(base)
        self._natural = natural
        self.settings = ArmSolverSettings() if settings is None else settings
        self._bounds = StepBounds.of(self.model, self.settings, period)

    def pose(self, angles: Vector) -> tuple[Vector, NDArray[np.float64]]:
        """Position (3,) [m] and rotation (3, 3) of the hand in the base."""
        pinocchio.framesForwardKinematics(self.model, self.data, angles)
        hand = self.data.oMf[self._base].actInv(self.data.oMf[self._hand])
        return hand.translation.copy(), hand.rotation.copy()

    def step(self, angles: Vector, position: Vector, rotation: NDArray[np.float64]) -> Vector:
        """Angles (J,) [rad] after a control period; targets (3,) [m] and (3, 3) in the base."""
        for _ in range(self.settings.iterations):
            angles = self._iterate(angles, position, rotation)
        return angles

    def _iterate(self, angles: Vector, position: Vector, rotation: NDArray[np.float64]) -> Vector:
        settings = self.settings
        place, turn = self.pose(angles)
        weights = np.repeat((1.0, settings.turn_weight), 3)
        error = weights * np.concatenate((position - place, pinocchio.log3(rotation @ turn.T)))
        pinocchio.computeJointJacobians(self.model, self.data, angles)
        aligned = pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
        jacobian = pinocchio.getFrameJacobian(self.model, self.data, self._hand, aligned)
        in_base = np.kron(np.eye(2), self.data.oMf[self._base].rotation.T)
        jacobian = weights[:, None] * (in_base @ jacobian)
        comfort = settings.posture_gain * (self._natural - angles)
        return self._bounds.stepped(angles, jacobian, error, comfort, settings.damping)
