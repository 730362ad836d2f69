"""The cameras of FurnitureSim, and one for people."""

import math
from collections.abc import Sequence

import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from envs.robots.panda.constants import END_EFFECTOR_BODY

Array = NDArray[np.float64]

ROBOT_BASE_IN_SIMULATOR = (-0.3, 0.0, 0.415)
"""FurnitureSim's frame has its origin under the table, and its front camera is given in that frame: in the
robot's frame it would look over the workspace."""

FRONT_POSITION = (0.90, 0.0, 0.65)
FRONT_TARGET = (-1.0, 0.0, 0.3)
FRONT_VERTICAL_FIELD = 42.5
"""Degrees: the published 69.4 degrees of width at 16:9."""

WRIST_OFFSET = (-0.04, 0.0, -0.05)
WRIST_PITCH = math.radians(-70.0)
WRIST_VERTICAL_FIELD = 55.0
"""Degrees. The wrist camera sits on the end effector, pitched about its y axis from looking along x."""

OVERVIEW_POSITION = (1.16, -0.66, 0.60)
OVERVIEW_TARGET = (0.41, 0.02, 0.13)
OVERVIEW_VERTICAL_FIELD = 34.0


def add_cameras(spec: mujoco.MjSpec) -> None:
    """Add `front`, `wrist` and `overview`."""
    base = np.array(ROBOT_BASE_IN_SIMULATOR)
    front, target = np.array(FRONT_POSITION) - base, np.array(FRONT_TARGET) - base
    _add(spec.worldbody, "front", front, target - front, FRONT_VERTICAL_FIELD)
    overview = np.array(OVERVIEW_POSITION)
    _add(spec.worldbody, "overview", overview, OVERVIEW_TARGET - overview, OVERVIEW_VERTICAL_FIELD)
    pitched = Rotation.from_rotvec((0.0, WRIST_PITCH, 0.0))
    _add(
        spec.body(END_EFFECTOR_BODY),
        "wrist",
        np.array(WRIST_OFFSET),
        pitched.apply((1.0, 0.0, 0.0)),
        WRIST_VERTICAL_FIELD,
        pitched.apply((0.0, 0.0, 1.0)),
    )


def _add(
    body: mujoco.MjsBody,
    name: str,
    position: Array,
    forward: Array,
    vertical_field: float,
    up: Sequence[float] | Array = (0.0, 0.0, 1.0),
) -> None:
    """A camera that looks along `forward`, with `up` upwards in its pictures; MuJoCo's look along -z."""
    right = np.cross(forward, up)
    axes = np.stack((right, np.cross(right, forward), -forward), -1)
    rotation = Rotation.from_matrix(axes / np.linalg.norm(axes, axis=0))
    quaternion = rotation.as_quat(scalar_first=True).tolist()
    body.add_camera(name=name, pos=position.tolist(), quat=quaternion, fovy=vertical_field)
