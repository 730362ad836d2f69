"""What joints are told and what they measure, J of them; leading dimensions are a batch."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]


class _Vectors:
    """Fields are float64 arrays of one shape. Raises ValueError for others."""

    def __post_init__(self) -> None:
        shape: tuple[int, ...] | None = None
        for entry in fields(self):  # pyright: ignore[reportArgumentType]
            vector = np.asarray(getattr(self, entry.name), dtype=np.float64)
            object.__setattr__(self, entry.name, vector)
            shape = vector.shape if shape is None else shape
            if vector.shape != shape:
                raise ValueError(f"{entry.name} has shape {vector.shape}, not {shape}")

    def finite(self) -> Mask:
        """Which joints have no NaN and no infinity, (..., J)."""
        return np.logical_and.reduce([np.isfinite(vector) for vector in self.vectors()])

    def vectors(self) -> list[Vector]:
        """The fields in order, (..., J) each."""
        return [getattr(self, entry.name) for entry in fields(self)]  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True)
class JointCommand(_Vectors):
    """To position servos, (..., J) each: torque = tau + kp (q - angle) + kd (dq - speed).

    q: [rad], dq: [rad/s], tau: [N m], kp: [N m/rad], kd: [N m s/rad]
    """

    q: Vector
    dq: Vector
    tau: Vector
    kp: Vector
    kd: Vector

    def torque(self, measured: "JointMeasurement") -> Vector:
        """What the servos make of it where the joints are now [N m], (..., J)."""
        return self.tau + self.kp * (self.q - measured.q) + self.kd * (self.dq - measured.dq)


@dataclass(frozen=True)
class JointMeasurement(_Vectors):
    """Angles q [rad] and speeds dq [rad/s], (..., J) each."""

    q: Vector
    dq: Vector


def choose(mask: Mask, where_true: JointCommand, where_false: JointCommand) -> JointCommand:
    """Joint by joint the one or the other; mask (..., J)."""
    pairs: Any = zip(where_true.vectors(), where_false.vectors(), strict=True)
    return JointCommand(*(np.where(mask, one, other) for one, other in pairs))
