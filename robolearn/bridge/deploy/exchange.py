"""What the command loop asks of the policy, and what that answers, as vectors of float64."""

from dataclasses import dataclass

import numpy as np

from robolearn.bridge.safety.joints import Vector

_COMMAND = slice(2, 6)


@dataclass(frozen=True)
class PolicyRequest:
    """One control step.

    number: counts up from 1
    active: whether the policy drives the robot; where it does not, every step is the first of an episode
    command: (4,) as `robolearn.policies.worker.command.COMMAND`
    measurement: (6 + 2 J,) angular velocity of the pelvis 3 [rad/s], gravity in it 3, joint angles J [rad],
        joint speeds J [rad/s]
    """

    number: int
    active: bool
    command: Vector
    measurement: Vector

    def vector(self) -> Vector:
        """As a message."""
        return np.concatenate(([self.number, self.active], self.command, self.measurement))

    @classmethod
    def of(cls, vector: Vector) -> "PolicyRequest":
        """From a message."""
        return cls(int(vector[0]), bool(vector[1]), vector[_COMMAND], vector[_COMMAND.stop :])


@dataclass(frozen=True)
class PolicyAnswer:
    """Its action.

    number: of the request
    at: when the policy began to compute it [s]
    targets: (A,) of the joints that it owns [rad]
    """

    number: int
    at: float
    targets: Vector

    def vector(self) -> Vector:
        """As a message."""
        return np.concatenate(([self.number, self.at], self.targets))

    @classmethod
    def of(cls, vector: Vector) -> "PolicyAnswer":
        """From a message."""
        return cls(int(vector[0]), float(vector[1]), vector[2:])
