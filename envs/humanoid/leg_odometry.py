"""Where a G1 is on the floor, from its legs: the foot that carries it stays where it is."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

ANKLE_ABOVE_SOLE: Final = 0.035
"""[m]; measured in the model with soles on the floor."""


class LegOdometry:
    """Of one robot; drifts as far as its feet slip, and turns as its orientation sensor does.

    position: (3,) of the pelvis, from the floor below where it began [m]
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The next step begins anew at the origin."""
        self.position = np.zeros(3)
        self._feet: NDArray[np.float64] | None = None

    def step(self, rotation: NDArray[np.float64], feet_in_pelvis: NDArray[np.float64]) -> NDArray[np.float64]:
        """The position after a step to an orientation (3, 3) of the pelvis, with ankles at (2, 3) [m].

        What is not finite is passed over.
        """
        feet = feet_in_pelvis @ rotation.T
        if not np.isfinite(feet).all():
            return self.position
        lower = int(feet[:, 2].argmin())
        planar = self.position[:2]
        if self._feet is not None:
            planar = planar - (feet - self._feet)[lower, :2]
        self._feet = feet
        self.position = np.array((*planar, ANKLE_ABOVE_SOLE - feet[lower, 2]))
        return self.position
