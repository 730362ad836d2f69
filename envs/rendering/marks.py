"""Things that are drawn into pictures and are not there: where something should be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import mujoco
import numpy as np

Vector = Sequence[float]


@dataclass(frozen=True)
class Mark:
    """A box, seen through.

    position: (3,) in the world [m]; quaternion: (4,), w first
    size: (3,) half of its edges [m]; color: red, green, blue and opacity, 0 to 1
    """

    position: Vector
    quaternion: Vector
    size: Vector
    color: Vector


Marks = Callable[[int], Sequence[Mark]]
"""Those of one world as it is now."""

_BOX: Final = mujoco.mjtGeom.mjGEOM_BOX.value


def draw(marks: Sequence[Mark], scene: mujoco.MjvScene) -> None:
    """Add marks to a scene that was just updated, as far as there is room."""
    for mark in marks:
        if scene.ngeom >= scene.maxgeom:
            return
        rotation = np.zeros(9)
        mujoco.mju_quat2Mat(rotation, np.asarray(mark.quaternion, dtype=np.float64))
        mujoco.mjv_initGeom(
            scene.geoms[scene.ngeom],
            _BOX,
            np.asarray(mark.size, dtype=np.float64),
            np.asarray(mark.position, dtype=np.float64),
            rotation,
            np.asarray(mark.color, dtype=np.float32),
        )
        scene.ngeom += 1
