"""What no command may exceed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from robolearn.bridge.safety.joints import LARGEST_ANGLE, LARGEST_SPEED, Vector
from robolearn.errors import UserError

_ROUNDING: Final = 1e-9
"""Of a step that is short of its limit by this share, sums and differences say the same."""

_POSITIVE = ("velocity", "torque", "step", "damping")
_NOT_NEGATIVE = ("kp", "kd")


@dataclass(frozen=True)
class JointLimits:
    """Of J joints, (J,) each. Whoever knows the robot fills it in; nothing has a default.

    names: of the joints
    lower, upper: of the angle [rad]
    velocity: of the commanded speed, either way [rad/s]
    torque: of what the servo makes of a command, either way [N m]
    kp, kd: greatest gains [N m/rad], [N m s/rad]
    step: how far the commanded angle may move from one command to the next [rad]
    damping: kd of a joint that can only be braked, since its state or its command is unknown [N m s/rad]
    """

    names: tuple[str, ...]
    lower: Vector
    upper: Vector
    velocity: Vector
    torque: Vector
    kp: Vector
    kd: Vector
    step: Vector
    damping: Vector

    def __post_init__(self) -> None:
        for name in ("lower", "upper", *_POSITIVE, *_NOT_NEGATIVE):
            object.__setattr__(self, name, self._vector(name))
        for name in _POSITIVE:
            self._check(name, getattr(self, name) > 0, "more than 0")
        for name in _NOT_NEGATIVE:
            self._check(name, getattr(self, name) >= 0, "0 or more")
        self._check("lower", self.lower < self.upper, "less than upper")
        self._check("damping", self.damping <= self.kd, "at most kd")

    @property
    def size(self) -> int:
        """Number of joints."""
        return len(self.names)

    @cached_property
    def least(self) -> Vector:
        """Of each row of a command's table, (5, J)."""
        zero = np.zeros(self.size)
        return np.stack([self.lower, -self.velocity, -self.torque, zero, zero])

    @cached_property
    def greatest(self) -> Vector:
        """Of each row of a command's table, (5, J)."""
        return np.stack([self.upper, self.velocity, self.torque, self.kp, self.kd])

    @cached_property
    def plain(self) -> tuple[Vector, Vector]:
        """Least and greatest, (9, J) each, of what a filter need not change.

        Rows: of a command's table, measured angle and speed, step, torque of the servo.
        """
        measured = np.array([[LARGEST_ANGLE], [LARGEST_SPEED]]) * np.ones(self.size)
        rest = np.stack([*measured, self.step * (1.0 - _ROUNDING), self.torque])
        return np.concatenate((self.least, -rest)), np.concatenate((self.greatest, rest))

    def _vector(self, name: str) -> Vector:
        vector = np.array(getattr(self, name), dtype=np.float64)
        if vector.shape != (self.size,):
            raise UserError(f"limits: {name} has shape {vector.shape}, but there are {self.size} joints")
        vector.flags.writeable = False
        object.__setattr__(self, name, vector)
        self._check(name, np.isfinite(vector), "a finite number")
        return vector

    def _check(self, name: str, valid: Sequence[bool] | np.ndarray, wanted: str) -> None:
        """Raises UserError for the first joint that is not valid, by name."""
        for joint, value, fine in zip(self.names, getattr(self, name), valid, strict=True):
            if not fine:
                raise UserError(f"limits: {name}={value:g} of {joint} is not valid: it takes {wanted}")
