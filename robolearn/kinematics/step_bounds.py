"""Damped steps of inverse kinematics within joints' ranges and speeds, for any number of hands."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from robolearn.kinematics.arm_solver import ArmSolverSettings

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class StepBounds:
    """How far an iteration takes the joints.

    lower, upper: (J,) angles [rad]; reach: greatest change of any joint [rad]
    """

    lower: Vector
    upper: Vector
    reach: float

    @classmethod
    def of(cls, lower: Vector, upper: Vector, settings: ArmSolverSettings, period: float) -> Self:
        """Within limits (J,) [rad]; period: of control [s]."""
        return cls(
            lower + settings.margin,
            upper - settings.margin,
            settings.speed * period / settings.iterations,
        )

    def stepped(
        self, angles: Vector, jacobian: NDArray[np.float64], error: Vector, comfort: Vector, damping: float
    ) -> Vector:
        """Angles (J,) [rad] after a damped step towards an error (R,), for a Jacobian (R, J).

        comfort: (J,) change that is wanted where the error leaves joints free [rad]
        """
        step = _damped_step(jacobian, error, comfort, damping)
        # A joint that would leave its range stays, and the others do its part.
        free = ~((angles + step < self.lower) | (angles + step > self.upper))
        step = free * _damped_step(jacobian * free, error, comfort * free, damping)
        step *= self.reach / max(self.reach, np.abs(step).max())
        return np.clip(angles + step, self.lower, self.upper)


def _damped_step(jacobian: NDArray[np.float64], error: Vector, comfort: Vector, damping: float) -> Vector:
    square = jacobian @ jacobian.T + damping**2 * np.eye(len(jacobian))
    return comfort + jacobian.T @ np.linalg.solve(square, error - jacobian @ comfort)
