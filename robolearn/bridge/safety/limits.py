"""What no command may exceed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from robolearn.bridge.safety.joints import Vector
from robolearn.errors import UserError

LOWER, UPPER, SPEED, TORQUES, KP, KD, STEPS, DAMPING = range(8)
"""Rows of the limits as a table."""

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
    def table(self) -> Vector:
        """(8, J), rows as `LOWER` and so on."""
        rows = self.lower, self.upper, self.velocity, self.torque, self.kp, self.kd, self.step, self.damping
        return np.stack(rows)

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
