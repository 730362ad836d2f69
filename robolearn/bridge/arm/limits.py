"""What no command to an arm may exceed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class ArmLimits:
    """Of an arm with J joints. Whoever knows the arm fills it in; nothing has a default.

    lowest, highest: (3,) corners of the box that the end effector may be sent to, in the base's frame [m]
    step, turn: furthest that it may be sent from where it is [m], [rad]
    lower, upper: (J,) of the joints' angles [rad]
    joint_step: furthest that a joint may be sent from where it is [rad]
    opening: widest between the fingers [m]
    """

    lowest: Vector
    highest: Vector
    step: float
    turn: float
    lower: Vector
    upper: Vector
    joint_step: float
    opening: float

    def outside(self, position: Vector) -> float:
        """How far a place (3,) is from the box [m]; 0 within it."""
        return float(np.linalg.norm(position - np.clip(position, self.lowest, self.highest)))
