"""What the command loop asks of the policy, and what that answers, as vectors of float64."""

from typing import Final, NamedTuple

import numpy as np

from robolearn.bridge.safety.joints import Vector

_COMMAND, _QUATERNION, _HANDS = slice(2, 6), slice(6, 10), slice(10, 24)

NO_HANDS: Final = np.full(14, np.nan)
"""Where nobody tells the hands where to go."""


class PolicyRequest(NamedTuple):
    """One control step.

    number: counts up from 1
    active: whether the policy drives the robot; where it does not, every step is the first of an episode
    command: (4,) as `robolearn.policies.worker.command.COMMAND`
    quaternion: (4,) of the pelvis, w first
    hands: (14,) where the left and the right hand shall be: place [m] and quaternion, w first, in the frame
        of the odometry; NaN for anywhere
    measurement: (6 + 2 J,) angular velocity of the pelvis 3 [rad/s], gravity in it 3, joint angles J [rad],
        joint speeds J [rad/s]
    """

    number: int
    active: bool
    command: Vector
    quaternion: Vector
    hands: Vector
    measurement: Vector

    def vector(self) -> Vector:
        """As a message."""
        number, active, *rest = self
        return np.concatenate(([number, active], *rest))

    @classmethod
    def of(cls, vector: Vector) -> "PolicyRequest":
        """From a message."""
        parts = (vector[part] for part in (_COMMAND, _QUATERNION, _HANDS, slice(_HANDS.stop, None)))
        return cls(int(vector[0]), bool(vector[1]), *parts)


class PolicyAnswer(NamedTuple):
    """Its action.

    number: of the request
    at: when the policy began to compute it [s]
    place: (3,) of the pelvis in the frame of the odometry [m], NaN where nobody reckons it
    targets: (A,) of the joints that it owns [rad]
    arms: (J - A,) of the other joints while hands are followed, in the robot's order [rad]; empty otherwise
    """

    number: int
    at: float
    place: Vector
    targets: Vector
    arms: Vector

    @property
    def finite(self) -> bool:
        """Whether its targets have neither NaN nor infinity."""
        return bool(np.isfinite(self.targets).all())

    def vector(self) -> Vector:
        """As a message."""
        head = [self.number, self.at, len(self.targets)]
        return np.concatenate((head, self.place, self.targets, self.arms))

    @classmethod
    def of(cls, vector: Vector) -> "PolicyAnswer":
        """From a message."""
        end = 6 + int(vector[2])
        return cls(int(vector[0]), float(vector[1]), vector[3:6], vector[6:end], vector[end:])
