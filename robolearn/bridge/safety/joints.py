"""What joints are told and what they measure, J of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]

LARGEST_ANGLE: Final = 100.0
LARGEST_SPEED: Final = 1000.0
"""Of a measurement that is believed [rad], [rad/s]; chosen: joints stay far below, garbage seldom does."""


@dataclass(frozen=True)
class JointMeasurement:
    """Angles q [rad] and speeds dq [rad/s], (J,) each. Raises ValueError if their shapes differ."""

    q: Vector
    dq: Vector

    def __post_init__(self) -> None:
        if self.q.shape != self.dq.shape:
            raise ValueError(f"dq has shape {self.dq.shape}, not {self.q.shape}")


@dataclass(frozen=True, eq=False)
class JointCommand:
    """To position servos: torque = tau + kp (q - angle) + kd (dq - speed).

    table: q [rad], dq [rad/s], tau [N m], kp [N m/rad] and kd [N m s/rad] as rows, (5, J) float64
    """

    table: Vector

    @classmethod
    def of(cls, q: ArrayLike, dq: ArrayLike, tau: ArrayLike, kp: ArrayLike, kd: ArrayLike) -> "JointCommand":
        """From rows (J,), or numbers for all joints. Raises ValueError if their shapes do not fit."""
        return cls(np.array(np.broadcast_arrays(q, dq, tau, kp, kd), dtype=np.float64))

    @property
    def q(self) -> Vector:
        """Angles [rad], (J,)."""
        return self.table[0]

    @property
    def dq(self) -> Vector:
        """Speeds [rad/s], (J,)."""
        return self.table[1]

    @property
    def tau(self) -> Vector:
        """Torques added to the servos' [N m], (J,)."""
        return self.table[2]

    @property
    def kp(self) -> Vector:
        """Stiffness [N m/rad], (J,)."""
        return self.table[3]

    @property
    def kd(self) -> Vector:
        """Damping [N m s/rad], (J,)."""
        return self.table[4]
