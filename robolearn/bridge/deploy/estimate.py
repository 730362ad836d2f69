"""What the robot's messages say about it."""

import math
from typing import Final, NamedTuple

import numpy as np

from robolearn.bridge.deploy.ages import age
from robolearn.bridge.deploy.low_state import (
    ACCELERATION,
    ANGULAR_VELOCITY,
    BUTTONS,
    GRAVITY,
    JOINTS,
    MODE_MACHINE,
    QUATERNION,
    TEMPERATURE,
    TICK,
    TILT,
    VOLTAGE,
    StateMessages,
)
from robolearn.bridge.remote_control import STOP
from robolearn.bridge.safety.joints import JointMeasurement, Vector
from robolearn.bridge.transport import Arrival, Mailbox

_STOP: Final = STOP.value


class StateEstimate(NamedTuple):
    """One LowState of a robot with J joints.

    at: when it came [s]
    numbers: what it says, see `low_state`
    """

    at: float
    numbers: Vector

    @property
    def tick(self) -> int:
        """The robot's clock [ms]."""
        return int(self.numbers[TICK])

    @property
    def mode_machine(self) -> int:
        """Of the robot."""
        return int(self.numbers[MODE_MACHINE])

    @property
    def joints(self) -> JointMeasurement:
        """Angles and speeds."""
        size = (len(self.numbers) - JOINTS) // 3
        return JointMeasurement(
            self.numbers[JOINTS : JOINTS + size], self.numbers[JOINTS + size : JOINTS + 2 * size]
        )

    @property
    def torque(self) -> Vector:
        """(J,) [N m]."""
        return self.numbers[JOINTS:].reshape(3, -1)[2]

    @property
    def quaternion(self) -> Vector:
        """(4,) of the pelvis, w first."""
        return self.numbers[QUATERNION]

    @property
    def angular_velocity(self) -> Vector:
        """(3,) in the pelvis [rad/s]."""
        return self.numbers[ANGULAR_VELOCITY]

    @property
    def acceleration(self) -> Vector:
        """(3,) in the pelvis, that against gravity included [m/s^2]."""
        return self.numbers[ACCELERATION]

    @property
    def gravity(self) -> Vector:
        """(3,) unit vector down, in the pelvis; NaN where the orientation is not known."""
        return self.numbers[GRAVITY]

    @property
    def tilt(self) -> float:
        """Of the pelvis from upright [rad]; NaN where the orientation is not known."""
        return float(self.numbers[TILT])

    @property
    def temperature(self) -> float:
        """Of the hottest motor [degrees Celsius]."""
        return float(self.numbers[TEMPERATURE])

    @property
    def voltage(self) -> float:
        """Of the motor with the least [V]."""
        return float(self.numbers[VOLTAGE])

    @property
    def remote_stop(self) -> bool:
        """Whether somebody stops the robot by its remote control."""
        return int(self.numbers[BUTTONS]) & _STOP == _STOP

    @property
    def measurement(self) -> Vector:
        """(6 + 2 J,) as a worker sees it; see `PolicyRequest`."""
        numbers = self.numbers
        end = JOINTS + 2 * (len(numbers) - JOINTS) // 3
        return np.concatenate((numbers[ANGULAR_VELOCITY], numbers[GRAVITY], numbers[JOINTS:end]))


class StateReader:
    """Keeps the last message that is whole and newer than the one before.

    mailbox: of /lowstate
    joints: number of the robot's joints

    at: when the present state came [s], infinitely long ago before the first
    arrival: what came when `read` was called last
    damaged: messages with a wrong checksum, of another size, or with a joint where none can be
    repeated: messages that were not newer
    """

    def __init__(self, mailbox: Mailbox, joints: int) -> None:
        self._mailbox, self._messages = mailbox, StateMessages(joints)
        self._number = 0
        self._numbers: Vector | None = None
        self.at = -math.inf
        self.arrival: Arrival | None = None
        self.damaged = 0
        self.repeated = 0

    @property
    def last(self) -> StateEstimate | None:
        """The present state, None before the first."""
        return None if self._numbers is None else StateEstimate(self.at, self._numbers.copy())

    def read(self) -> StateEstimate | None:
        """The present state, None before the first; `arrival` is what came since the last call."""
        arrival = self.arrival = self.waiting()
        if arrival is not None:
            self._number = arrival.number
            self._take(arrival)
        return self.last

    def waiting(self) -> Arrival | None:
        """The message that came last, if `read` or `accept` has not seen it yet."""
        arrival = self._mailbox.last
        return None if arrival is None or arrival.number == self._number else arrival

    def accept(self, arrival: Arrival, numbers: Vector) -> None:
        """The state that `waiting` has brought, where somebody else has read and checked it.

        numbers: may change with the next one
        """
        self._number, self.at, self._numbers = arrival.number, arrival.at, numbers

    def age(self, now: float) -> float:
        """Since the last new state came [s]; infinite before the first."""
        return age(now, self.at)

    def _take(self, arrival: Arrival) -> None:
        numbers = self._messages.numbers(arrival.payload)
        if numbers is None:
            self.damaged += 1
            return
        # The robot's clock starts again at 2^32: what is less than half of that ahead is newer.
        before = self._numbers
        if before is not None and not 0 < (int(numbers[TICK]) - int(before[TICK])) % 2**32 < 2**31:
            self.repeated += 1
            return
        self.at, self._numbers = arrival.at, numbers
