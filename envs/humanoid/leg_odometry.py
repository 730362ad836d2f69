"""Where a G1 is on the floor, from its legs: the end of a sole that is on the floor stays where it is.

The one that was lowest before a control step, not after it: a foot that lands swings until it
does, which took a fifth off the way of a walk.
"""

import numpy as np
from numpy.typing import NDArray


class LegOdometry:
    """Of one robot; drifts as far as its feet slip, and turns as its orientation sensor does.

    position: (3,) of the pelvis, from the floor below where it began [m]
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The next step begins anew at the origin."""
        self.position = np.zeros(3)
        self._ends: NDArray[np.float64] | None = None

    def step(
        self, rotation: NDArray[np.float64], soles_in_pelvis: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The position after a step to an orientation (3, 3) of the pelvis, with soles' ends at (P, 3) [m].

        What is not finite is passed over.
        """
        ends = soles_in_pelvis @ rotation.T
        if not np.isfinite(ends).all():
            return self.position
        planar = self.position[:2]
        if self._ends is not None:
            planar = planar - (ends - self._ends)[self._ends[:, 2].argmin(), :2]
        self._ends = ends
        self.position = np.array((*planar, -ends[:, 2].min()))
        return self.position
