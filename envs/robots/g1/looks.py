"""The G1 as it is drawn: the simulated robot, dressed."""

from typing import Final

import mujoco

from envs.rendering.studio import furnish, hide
from envs.robots.appearance import dress
from envs.robots.g1 import constants
from envs.robots.g1.model import build_g1, g1_description

CENTER: Final = (0.0, 0.0, 0.7)
"""Of a standing robot, in the middle of what is lit [m]."""

SHADOW_REACH: Final = 2.0
"""Shadows are drawn within this distance of the centre [m]; with less, the floor in front is grainy."""

CAMERA_POSITION: Final = (2.2, -1.5, 0.9)
CAMERA_VERTICAL_FIELD: Final = 40.0
"""Degrees."""


def dress_g1(spec: mujoco.MjSpec, hands: bool = False) -> None:
    """Hide what is there and give a scene's G1 its visual meshes; hands: see `build_g1`."""
    hide(spec)
    dress(spec, *g1_description(hands))


def picture_g1(hands: bool = False) -> mujoco.MjSpec:
    """The robot upright on a floor that holds nothing, with visual meshes, lights and the camera front.

    hands: see `build_g1`
    """
    spec = build_g1(hands)
    spec.body(constants.PELVIS).pos[2] = constants.STANDING_HEIGHT
    dress_g1(spec, hands)
    furnish(spec, 0.0, CENTER, SHADOW_REACH)
    spec.worldbody.add_camera(
        name="front",
        pos=CAMERA_POSITION,
        mode=mujoco.mjtCamLight.mjCAMLIGHT_TARGETBODY,
        targetbody=constants.PELVIS,
        fovy=CAMERA_VERTICAL_FIELD,
    )
    return spec


def picture_g1_with_hands() -> mujoco.MjSpec:
    """See `picture_g1`."""
    return picture_g1(hands=True)
