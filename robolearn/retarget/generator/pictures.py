"""A small picture of what a head camera might see: the hands as dots, larger the nearer they are to it."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from robolearn.retarget.trajectory import HandTrajectory

CAMERA: Final = "head_color"
"""AgiBot World's name of the head's camera."""

WIDTH, HEIGHT = 96, 64
"""Of a picture [pixels]."""

_EYE: Final = np.array((0.05, 0.0, 1.4))
"""Where the camera is [m]; it looks ahead and down at the middle of the workspace."""
_TILT: Final = 0.9
"""How far it looks down [rad]."""
_FOCAL: Final = 45.0
"""Its focal length [pixels]."""
_HAND: Final = 0.06
"""Radius of a hand [m]."""
_COLOURS: Final = np.array(((230, 120, 60), (60, 140, 230)), dtype=np.float64)
"""Of the left and the right hand, open; closed ones are darker."""


def head_pictures(trajectory: HandTrajectory) -> Iterator[NDArray[np.uint8]]:
    """A picture (HEIGHT, WIDTH, 3) of each frame."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    centre, radius = _projected(trajectory.hand_position)
    shade = _COLOURS * (1 - 0.5 * trajectory.gripper[..., None])
    for frame in range(len(trajectory)):
        picture = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
        for hand in np.argsort(radius[frame]):
            x, y = centre[frame, hand]
            inside = (columns - x) ** 2 + (rows - y) ** 2 < radius[frame, hand] ** 2
            picture[inside] = shade[frame, hand].astype(np.uint8)
        yield picture


def _projected(position: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres (T, 2, 2), column and row, and radii (T, 2) of the hands [pixels]."""
    x, y, z = np.moveaxis(position - _EYE, -1, 0)
    depth = x * np.cos(_TILT) - z * np.sin(_TILT)
    down = -x * np.sin(_TILT) - z * np.cos(_TILT)
    centre = np.stack((WIDTH / 2 - _FOCAL * y / depth, HEIGHT / 2 + _FOCAL * down / depth), -1)
    return centre, _FOCAL * _HAND / depth
