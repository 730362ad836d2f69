"""From a gripper's opening to the fingers of a Dex3 hand.

The published mapping is predefined as well, but its values are not (TrajBooster, A.6): these are chosen.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_CLOSED_LEFT: Final = (0.0, 0.6, 1.0, -0.9, -1.1, -0.9, -1.1)
"""Thumb 0 to 2, middle 0 and 1, index 0 and 1 [rad]: about 0.6 of their ranges, a fist around a bottle."""

CLOSED: Final = np.array([*_CLOSED_LEFT, *(-angle for angle in _CLOSED_LEFT)])
"""(14,) of both hands, left first [rad]; open hands have all joints at 0, and the right one is the mirror."""


def finger_angles(gripper: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles (T, 14) [rad] for grippers (T, 2), 0 open to 1 closed."""
    share = np.clip(gripper, 0.0, 1.0).repeat(len(_CLOSED_LEFT), axis=1)
    return share * CLOSED
