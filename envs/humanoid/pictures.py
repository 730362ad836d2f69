"""What the worker's task looks like: its scene, dressed, seen by a camera that walks along."""

from typing import Final

import mujoco
import numpy as np

from envs.humanoid.scene import g1_scene
from envs.rendering.studio import furnish
from envs.robots.g1 import looks
from envs.robots.g1.constants import PELVIS, STANDING_HEIGHT

CAMERA_POSITION: Final = (2.1, -1.5, 1.0)
CAMERA_TARGET: Final = (0.0, 0.0, 0.62)
"""Of the camera front, for a robot that stands in the origin [m]; it moves as the centre of mass does."""

SHADOW_REACH: Final = 4.0
"""Shadows are drawn within this distance of the centre [m]; with less, the floor before a crouching robot is
grainy, since its camera is low."""


def picture_worker() -> mujoco.MjSpec:
    """The simulated scene with visual meshes, a floor to the horizon, and the camera front.

    Lights and camera follow the robot without turning with it.
    """
    spec = g1_scene()
    spec.body(PELVIS).pos[2] = STANDING_HEIGHT
    looks.dress_g1(spec)
    furnish(spec, 0.0, looks.CENTER, SHADOW_REACH)
    follows = mujoco.mjtCamLight.mjCAMLIGHT_TRACKCOM
    for light in spec.lights:
        light.mode = follows
    camera = spec.worldbody.add_camera(
        name="front", pos=CAMERA_POSITION, mode=follows, fovy=looks.CAMERA_VERTICAL_FIELD
    )
    camera.alt.type = mujoco.mjtOrientation.mjORIENTATION_XYAXES
    camera.alt.xyaxes[:] = _axes(np.array(CAMERA_TARGET) - CAMERA_POSITION)
    # Viewers begin with it, too: a free camera would lose a robot that walks.
    spec.visual.global_.cameraid = 0
    return spec


def _axes(forward: np.ndarray) -> list[float]:
    """To the right and upwards in the picture of an upright camera that looks along `forward` (3,)."""
    right = np.cross(forward, (0.0, 0.0, 1.0))
    return [*right.tolist(), *np.cross(right, forward).tolist()]
