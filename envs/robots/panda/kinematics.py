"""The Panda's kinematics by Pinocchio, from the URDF that MuJoCo simulates."""

import importlib
from typing import Any

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from envs.robots.description import description_directory
from envs.robots.differential_ik import joint_step, pose_error
from envs.robots.panda import constants
from robolearn.bridge.arm.limits import Vector
from robolearn.bridge.arm.pose import EndEffectorPose

# Its names are made by the extension at import, where no type checker sees them.
pinocchio: Any = importlib.import_module("pinocchio")


class PandaKinematics:
    """Of the arm, fingers left out; the base's frame is `panda_link0`.

    lower, upper: (7,) limits of the joints [rad]
    """

    def __init__(self) -> None:
        urdf = description_directory("panda_description") / "urdf/panda.urdf"
        whole = pinocchio.buildModelFromUrdf(str(urdf))
        locked = [whole.getJointId(name) for name in constants.FINGER_JOINTS]
        self._model = pinocchio.buildReducedModel(whole, locked, pinocchio.neutral(whole))
        assert tuple(self._model.names[1:]) == constants.ARM_JOINTS
        self._data = self._model.createData()
        self._frame = self._model.getFrameId(constants.END_EFFECTOR_BODY)
        self._rest = torch.tensor(constants.RESET_JOINT_POSITIONS, dtype=torch.float64)
        self.lower: Vector = self._model.lowerPositionLimit.copy()
        self.upper: Vector = self._model.upperPositionLimit.copy()

    def motion(self, angles: Vector, speeds: Vector) -> tuple[EndEffectorPose, Vector]:
        """Pose and velocity (6,) of the end effector [m/s, rad/s]; see `Kinematics`."""
        jacobian = self._jacobian(angles)
        placement = self._data.oMf[self._frame]
        pose = EndEffectorPose(placement.translation.copy(), Rotation.from_matrix(placement.rotation))
        return pose, jacobian @ speeds

    def angles_towards(self, angles: Vector, target: EndEffectorPose) -> Vector:
        """As one_leg's own controller turns targets into joint targets; see `Kinematics`."""
        jacobian, placement = self._jacobian(angles), self._data.oMf[self._frame]
        position, matrix, target_position, target_matrix = (
            torch.from_numpy(np.array(value))[None]
            for value in (
                placement.translation,
                placement.rotation,
                target.position,
                target.rotation.as_matrix(),
            )
        )
        joints = torch.from_numpy(angles)[None]
        error = pose_error(position, matrix, target_position, target_matrix)
        step = joint_step(torch.from_numpy(jacobian)[None], error, joints, self._rest)
        return np.clip(angles + step[0].numpy(), self.lower, self.upper)

    def _jacobian(self, angles: Vector) -> Vector:
        """(6, 7) of the end effector in the base's frame, linear rows first; updates its placement too."""
        pinocchio.computeJointJacobians(self._model, self._data, angles)
        pinocchio.updateFramePlacements(self._model, self._data)
        aligned = pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
        return np.array(pinocchio.getFrameJacobian(self._model, self._data, self._frame, aligned))
