"""What the robot's messages say about it."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from robolearn.bridge.deploy.ages import age
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.images import LOW_STATE, checksum, from_wire, rows_of
from robolearn.bridge.remote_control import STOP, pressed
from robolearn.bridge.safety.joints import JointMeasurement, Vector
from robolearn.bridge.transport import Arrival, Mailbox


@dataclass(frozen=True)
class StateEstimate:
    """One LowState of a robot with J joints.

    at: when it came [s]
    tick: the robot's clock [ms]
    mode_machine: of the robot
    joints: angles and speeds
    torque: (J,) [N m]
    quaternion: (4,) of the pelvis, w first
    angular_velocity: (3,) in the pelvis [rad/s]
    acceleration: (3,) in the pelvis, that against gravity included [m/s^2]
    temperature: of the hottest motor [degrees Celsius]
    voltage: of the motor with the least [V]
    remote_stop: whether somebody stops the robot by its remote control
    """

    at: float
    tick: int
    mode_machine: int
    joints: JointMeasurement
    torque: Vector
    quaternion: Vector
    angular_velocity: Vector
    acceleration: Vector
    temperature: float
    voltage: float
    remote_stop: bool

    @cached_property
    def gravity(self) -> Vector:
        """(3,) unit vector down, in the pelvis."""
        # Number by number: for four of them numpy takes five times as long, 500 times a second.
        w, x, y, z = self.quaternion.tolist()
        length = math.sqrt(w * w + x * x + y * y + z * z)
        if not 0.0 < length < math.inf:
            return np.full(3, np.nan)
        w, x, y, z = w / length, x / length, y / length, z / length
        return np.array([2.0 * (w * y - x * z), -2.0 * (y * z + w * x), 2.0 * (x * x + y * y) - 1.0])

    @property
    def tilt(self) -> float:
        """Of the pelvis from upright [rad]; NaN where the orientation is not known."""
        down = -float(self.gravity[2])
        return math.nan if math.isnan(down) else math.acos(min(max(down, -1.0), 1.0))

    @property
    def measurement(self) -> Vector:
        """(6 + 2 J,) as a worker sees it; see `PolicyRequest`."""
        return np.concatenate((self.angular_velocity, self.gravity, self.joints.q, self.joints.dq))


class StateReader:
    """Keeps the last message that is whole and newer than the one before.

    mailbox: of /lowstate
    joints: number of the robot's joints

    damaged: messages with a wrong checksum, of another size, or with a joint where none can be
    repeated: messages that were not newer
    """

    def __init__(self, mailbox: Mailbox, joints: int) -> None:
        self._mailbox, self._joints = mailbox, joints
        self._number = 0
        self._last: StateEstimate | None = None
        self.arrival: Arrival | None = None
        self.damaged = 0
        self.repeated = 0

    def read(self) -> StateEstimate | None:
        """The present state, None before the first; `arrival` is what came since the last call."""
        arrival = self._mailbox.latest()
        self.arrival = None
        if arrival is not None and arrival.number != self._number:
            self._number, self.arrival = arrival.number, arrival
            self._take(arrival)
        return self._last

    def age(self, now: float) -> float:
        """Since the last new state came [s]; infinite before the first."""
        return math.inf if self._last is None else age(now, self._last.at)

    def _take(self, arrival: Arrival) -> None:
        try:
            image = from_wire(arrival.payload, LOW_STATE)
        except BridgeError:
            self.damaged += 1
            return
        if checksum(image) != int(image["crc"]):
            self.damaged += 1
            return
        tick = int(image["tick"])
        # The robot's clock starts again at 2^32: what is less than half of that ahead is newer.
        if self._last is not None and not 0 < (tick - self._last.tick) % 2**32 < 2**31:
            self.repeated += 1
            return
        motors, imu = image["motor_state"][: self._joints], image["imu_state"]
        q, dq, _, torque = rows_of(motors).T.astype(np.float64, order="C")
        joints = JointMeasurement(q, dq)
        if not joints.known().all():
            self.damaged += 1
            return
        self._last = StateEstimate(
            at=arrival.at,
            tick=tick,
            mode_machine=int(image["mode_machine"]),
            joints=joints,
            torque=torque,
            quaternion=imu["quaternion"].astype(np.float64),
            angular_velocity=imu["gyroscope"].astype(np.float64),
            acceleration=imu["accelerometer"].astype(np.float64),
            temperature=float(motors["temperature"].max()),
            voltage=float(motors["vol"].min()),
            remote_stop=pressed(image["wireless_remote"]) == STOP,
        )
