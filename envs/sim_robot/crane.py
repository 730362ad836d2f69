"""What holds a robot that does not stand yet: a rope at the pelvis, and hands that keep it upright."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

HANGING_HEIGHT: Final = 0.90
"""Of the pelvis at first [m]; chosen: straight legs end a decimetre above the floor."""

STANDING_HEIGHT: Final = 0.74
"""That the rope is lowered to [m]; chosen: the highest that the worker is commanded."""

LOWERING, FADING = 2.0, 1.0
"""How long the rope is lowered, and how long the hands then let go [s]; chosen: slow enough not to tip it."""

ROPE_STIFFNESS: Final = 10_000.0
"""[N/m]; chosen: a robot of 35 kg hangs 3 cm lower."""

SIDE_STIFFNESS: Final = 1_000.0
"""Towards the place it began at [N/m]; chosen."""

UPRIGHT_STIFFNESS: Final = 500.0
"""[N m/rad]; chosen: twice what gravity tips a standing robot with."""

DAMPING: Final = (200.0, 200.0, 600.0, 20.0, 20.0, 20.0)
"""Of the pelvis along x, y, z [N s/m] and about them [N m s/rad]; chosen."""


@dataclass(frozen=True)
class Grip:
    """How the crane holds at one moment.

    height: that the rope ends at [m]
    share: of its stiffness and damping, 0 to 1
    """

    height: float
    share: float

    def wrench(self, position: NDArray[np.float64], rotation: NDArray[np.float64]) -> NDArray[np.float64]:
        """Force [N] and torque [N m] on the pelvis in the world, (6,).

        position: (3,) of the pelvis [m]
        rotation: (3, 3) from the pelvis to the world
        """
        pull = max(ROPE_STIFFNESS * (self.height - position[2]), 0.0)
        force = (-SIDE_STIFFNESS * position[0], -SIDE_STIFFNESS * position[1], pull)
        up, ahead = rotation[:, 2], rotation[:, 0]
        # Cross products with where the axes belong: the sines of the angles that they are off.
        torque = (up[1], -up[0], -ahead[1])
        return self.share * np.array([*force, *(UPRIGHT_STIFFNESS * part for part in torque)])


class Crane:
    """Holds the robot until it has been stiff for a while, lowers it, and lets go for good.

    seconds: from the beginning of stiffness until it has let go [s]; 0 where there is no crane
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._stiff_since: float | None = None
        self._gone = seconds == 0.0

    def grip(self, now: float, stiff: bool) -> Grip | None:
        """How it holds at the time `now` [s], None once it is gone.

        stiff: the robot is told to hold itself
        """
        if self._gone:
            return None
        if not stiff:
            self._stiff_since = None
        elif self._stiff_since is None:
            self._stiff_since = now
        left = self._seconds if self._stiff_since is None else self._stiff_since + self._seconds - now
        self._gone = left <= 0.0
        lowered = min(max((LOWERING + FADING - left) / LOWERING, 0.0), 1.0)
        height = HANGING_HEIGHT + lowered * (STANDING_HEIGHT - HANGING_HEIGHT)
        return None if self._gone else Grip(height, min(left / FADING, 1.0))
