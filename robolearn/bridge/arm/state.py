"""What is known of an arm and of what lies around it, from messages."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robolearn.bridge.arm.limits import Vector
from robolearn.bridge.arm.pose import position_of, quaternion_of
from robolearn.bridge.arm.stamps import stamp_of
from robolearn.bridge.arm.topics import PART_POSES
from robolearn.bridge.deploy.ages import age
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.message import decode
from robolearn.bridge.messages.geometry_msgs import Point, TransformStamped
from robolearn.bridge.messages.sensor_msgs import JointState
from robolearn.bridge.messages.tf2_msgs import TFMessage
from robolearn.bridge.topics import JOINT_STATES, Topic
from robolearn.bridge.transport import Arrival, Mailbox, Transport

UNIT_TOLERANCE = 1e-3
"""That a quaternion's length may differ from 1 by; chosen: far more than rounding to float32 does."""


@dataclass(frozen=True)
class ArmState:
    """One moment.

    stamp: of the joints [ns]
    angles, speeds: (J,) [rad], [rad/s]
    width: between the fingers [m]
    places, turns: (B, 3) [m] and (B, 4), w first, of the bodies in the base's frame
    """

    stamp: int
    angles: Vector
    speeds: Vector
    width: float
    places: Vector
    turns: Vector


@dataclass(frozen=True)
class _Joints:
    stamp: int
    angles: Vector
    speeds: Vector
    width: float


@dataclass(frozen=True)
class _Bodies:
    stamp: int
    places: Vector
    turns: Vector


class _Source:
    """Messages of one topic, the newest by its own stamp.

    damaged: messages that said nothing, too little, or what is not finite
    repeated: those that were not newer than one before
    """

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._number = 0
        self.newest = -math.inf
        self.at = -math.inf
        self.arrival: Arrival | None = None
        self.damaged = self.repeated = 0

    def look(self) -> Arrival | None:
        """The message that came since the last look."""
        arrival = self._mailbox.last
        if arrival is None or arrival.number == self._number:
            return None
        self._number, self.arrival = arrival.number, arrival
        return arrival

    def is_new(self, stamp: int, at: float) -> bool:
        """Whether a message of this stamp says something new. at: its arrival [s]."""
        if stamp <= self.newest:
            self.repeated += 1
            return False
        self.newest, self.at = stamp, at
        return True


class ArmReader:
    """Puts joint states and part poses together.

    base: frame that poses must be in
    joints, fingers, bodies: that must be there, by name
    lockstep: take only joints and bodies of one stamp

    arrivals: messages that came with the last call of `read`
    problem: with the last message that was of no use, empty before
    """

    def __init__(
        self,
        transport: Transport,
        base: str,
        joints: Sequence[str],
        fingers: Sequence[str],
        bodies: Sequence[str],
        lockstep: bool = False,
    ) -> None:
        self._base, self._lockstep = base, lockstep
        self._joints, self._fingers, self._bodies = tuple(joints), tuple(fingers), tuple(bodies)
        self._states = _Source(transport.mailbox(JOINT_STATES))
        self._poses = _Source(transport.mailbox(PART_POSES))
        self._arm: _Joints | None = None
        self._around: _Bodies | None = None
        self.arrivals: list[tuple[Topic, Arrival]] = []
        self.problem = ""

    @property
    def damaged(self) -> int:
        """Messages that were of no use."""
        return self._states.damaged + self._poses.damaged

    @property
    def repeated(self) -> int:
        """Messages that were not newer than one before."""
        return self._states.repeated + self._poses.repeated

    def age(self, now: float) -> float:
        """Since the older of the newest joint states and part poses came [s]; infinite before the first."""
        return max(_age(now, self._states.at), _age(now, self._poses.at))

    def read(self) -> ArmState | None:
        """The newest that is known; None while something is not, or where stamps must meet and do not."""
        self.arrivals = []
        if (arrival := self._states.look()) is not None:
            self.arrivals.append((JOINT_STATES, arrival))
            self._take_joints(arrival)
        if (arrival := self._poses.look()) is not None:
            self.arrivals.append((PART_POSES, arrival))
            self._take_bodies(arrival)
        arm, around = self._arm, self._around
        if arm is None or around is None or (self._lockstep and arm.stamp != around.stamp):
            return None
        return ArmState(arm.stamp, arm.angles, arm.speeds, arm.width, around.places, around.turns)

    def _take_joints(self, arrival: Arrival) -> None:
        try:
            found = self._read_joints(decode(JointState, arrival.payload))
        except BridgeError as error:
            self._states.damaged += 1
            self.problem = str(error)
            return
        if self._states.is_new(found.stamp, arrival.at):
            self._arm = found

    def _take_bodies(self, arrival: Arrival) -> None:
        try:
            found = self._read_bodies(decode(TFMessage, arrival.payload))
        except BridgeError as error:
            self._poses.damaged += 1
            self.problem = str(error)
            return
        if self._poses.is_new(found.stamp, arrival.at):
            self._around = found

    def _read_joints(self, message: JointState) -> _Joints:
        positions = _by_name(message.name, message.position, (*self._joints, *self._fingers))
        speeds = _by_name(message.name, message.velocity, self._joints)
        count = len(self._joints)
        angles, width = positions[:count], float(positions[count:].sum())
        return _Joints(stamp_of(message.header), angles, speeds, width)

    def _read_bodies(self, message: TFMessage) -> _Bodies:
        by_name = {one.child_frame_id: one for one in message.transforms}
        if missing := [name for name in self._bodies if name not in by_name]:
            raise BridgeError(f"the pose of '{missing[0]}' is missing")
        chosen = [by_name[name] for name in self._bodies]
        places, turns = zip(*(self._pose(one) for one in chosen), strict=True)
        # The oldest, so that one pose that no longer changes does not hide behind others.
        stamp = min(stamp_of(one.header) for one in chosen)
        return _Bodies(stamp, np.stack(places), np.stack(turns))

    def _pose(self, one: TransformStamped) -> tuple[Vector, Vector]:
        if one.header.frame_id != self._base:
            raise BridgeError(f"a pose is in '{one.header.frame_id}', not in '{self._base}'")
        shift, turn = one.transform.translation, one.transform.rotation
        place, quaternion = position_of(Point(shift.x, shift.y, shift.z)), quaternion_of(turn)
        length = float(np.linalg.norm(quaternion))
        if not (np.isfinite(place).all() and abs(length - 1.0) <= UNIT_TOLERANCE):
            raise BridgeError(f"the pose of '{one.child_frame_id}' is none")
        return place, np.roll(quaternion, 1)


def _age(now: float, at: float) -> float:
    return math.inf if at == -math.inf else age(now, at)


def _by_name(names: Sequence[str], values: Sequence[float], wanted: Sequence[str]) -> Vector:
    found = dict(zip(names, values, strict=False))
    if missing := [name for name in wanted if name not in found]:
        raise BridgeError(f"joint '{missing[0]}' is missing")
    chosen = np.array([found[name] for name in wanted])
    if not np.isfinite(chosen).all():
        raise BridgeError("a joint's state is not finite")
    return chosen
