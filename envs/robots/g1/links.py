"""Where one G1's links are, with Pinocchio: for a robot alone, tensors would cost more than all the rest."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from envs.robots.g1.constants import FEET, FOOT_BACK, FOOT_FRONT, JOINTS, SOLE_BELOW_ANKLE
from envs.robots.g1.model import g1_description
from robolearn.kinematics.pinocchio_arm import Vector, pinocchio

_ENDS_OF_SOLE: Final = np.array([[end, 0.0, -SOLE_BELOW_ANKLE] for end in (FOOT_FRONT, FOOT_BACK)])
"""In an ankle [m]."""


class G1Links:
    """Poses of links in the pelvis."""

    def __init__(self) -> None:
        folder, urdf = g1_description()
        self._model = pinocchio.buildModelFromUrdf(str(folder / urdf))
        self._data = self._model.createData()
        assert tuple(self._model.names[1:]) == JOINTS

    def place(self, angles: Vector) -> None:
        """Take over joint angles (29,) [rad]."""
        pinocchio.framesForwardKinematics(self._model, self._data, angles)

    def pose(self, link: str) -> Any:
        """Pinocchio's SE3 of a link, for the angles of the last `place`."""
        return self._data.oMf[self._model.getFrameId(link)]

    def soles(self) -> NDArray[np.float64]:
        """Places (4, 3) of the soles' toes and heels [m], left first."""
        feet = [self.pose(name) for name in FEET]
        return np.stack([foot.act(end) for foot in feet for end in _ENDS_OF_SOLE])


def rotation_of(quaternion: Vector) -> NDArray[np.float64]:
    """(3, 3) of a unit quaternion (4,), w first."""
    w, x, y, z = quaternion
    return pinocchio.Quaternion(w, x, y, z).matrix()


def quaternion_of(rotation: NDArray[np.float64]) -> Vector:
    """(4,), w first, of a rotation (3, 3)."""
    x, y, z, w = pinocchio.Quaternion(rotation).coeffs()
    return np.array((w, x, y, z))
