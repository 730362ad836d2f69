"""What the operator asks for, from ROS 2 topics."""

import math
from typing import Final, Generic, NamedTuple

import numpy as np

from robolearn.bridge.deploy.ages import age
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.message import AnyMessage, decode
from robolearn.bridge.messages.geometry_msgs import PoseArray, Twist
from robolearn.bridge.messages.std_msgs import Bool, String
from robolearn.bridge.messages.trajectory_msgs import JointTrajectory
from robolearn.bridge.safety.inputs import Request
from robolearn.bridge.safety.joints import Vector
from robolearn.bridge.topics import (
    EMERGENCY_STOP,
    HAND_TARGETS,
    HEARTBEAT,
    JOINT_TARGETS,
    MODE,
    VELOCITY_COMMANDS,
    Topic,
)
from robolearn.bridge.transport import Arrival, Bell, Transport

VELOCITY_AGE: Final = 0.5
"""After which a velocity command no longer counts [s]; chosen, as the default of ROS 2's controllers."""

REQUESTS: Final = {
    "stand": Request.STAND,
    "policy": Request.POLICY,
    "hold": Request.HOLD,
    "damp": Request.DAMP,
    "passive": Request.RESET,
}
"""Texts on /robolearn/mode."""


class Wishes(NamedTuple):
    """In one tick.

    heartbeat_age: since the last sign of life [s]
    emergency_stop: whether the button is down, or was since the last tick
    request: a change of mode, in the tick in which it came
    drives: whether a velocity command came in this tick
    targets: of joints that no policy owns, in the tick in which they came
    hands: whether hand targets came in this tick
    hand_targets: the last ones, None where they cannot be read
    arrivals: messages that came since the last tick, by topic
    complaint: what was asked for and does not exist, empty for nothing
    """

    heartbeat_age: float
    emergency_stop: bool
    request: Request = Request.NONE
    drives: bool = False
    targets: JointTrajectory | None = None
    hands: bool = False
    hand_targets: PoseArray | None = None
    arrivals: tuple[tuple[Topic, Arrival], ...] = ()
    complaint: str = ""


class _New(Generic[AnyMessage]):
    """Messages of one topic, each once.

    arrivals: those of the last look at which there were any
    messages: what they say, None for a damaged one
    """

    def __init__(self, transport: Transport, bell: Bell, topic: Topic, kind: type[AnyMessage]) -> None:
        self.topic, self._kind = topic, kind
        self._mailbox = transport.mailbox(topic)
        self._mailbox.ring(bell)
        self._number = 0
        self.arrivals: tuple[Arrival, ...] = ()
        self.messages: list[AnyMessage | None] = []

    @property
    def message(self) -> AnyMessage | None:
        """The last one; None where it is damaged, and before the first."""
        return self.messages[-1] if self.messages else None

    def look(self) -> bool:
        """Whether any came."""
        if self._mailbox.number == self._number:
            return False
        self.arrivals = self._mailbox.after(self._number)
        self._number = self.arrivals[-1].number
        self.messages = [self._decoded(arrival) for arrival in self.arrivals]
        return True

    def age(self, now: float) -> float:
        return age(now, self.arrivals[-1].at) if self.arrivals else math.inf

    def _decoded(self, arrival: Arrival) -> AnyMessage | None:
        try:
            return decode(self._kind, arrival.payload)
        except BridgeError:
            return None


class Operator:
    """Whoever publishes on the topics.

    heartbeat: whether it must show that it is there
    bell: that each of its messages rings
    """

    def __init__(self, transport: Transport, heartbeat: bool, bell: Bell | None = None) -> None:
        self._heartbeat_needed = heartbeat
        bell = Bell() if bell is None else bell
        self._twist = _New(transport, bell, VELOCITY_COMMANDS, Twist)
        self._stop = _New(transport, bell, EMERGENCY_STOP, Bool)
        self._mode = _New(transport, bell, MODE, String)
        self._heartbeat = _New(transport, bell, HEARTBEAT, Bool)
        self._targets = _New(transport, bell, JOINT_TARGETS, JointTrajectory)
        self._hands = _New(transport, bell, HAND_TARGETS, PoseArray)
        self._topics = self._twist, self._stop, self._mode, self._heartbeat, self._targets, self._hands
        self._pressed = False

    def read(self, now: float) -> Wishes:
        """Wishes at the time `now` [s]."""
        new = [topic for topic in self._topics if topic.look()]
        heartbeat_age = self._heartbeat.age(now) if self._heartbeat_needed else 0.0
        if not new:
            return Wishes(heartbeat_age, self._pressed)
        pressed = [self._pressed]
        if self._stop in new:
            # A message that cannot be read was sent by somebody in a hurry.
            pressed = [message is None or message.data for message in self._stop.messages]
            self._pressed = pressed[-1]
        request, complaint = self._request() if self._mode in new else (Request.NONE, "")
        return Wishes(
            heartbeat_age=heartbeat_age,
            emergency_stop=any(pressed),
            request=request,
            drives=self._twist in new,
            targets=self._targets.message if self._targets in new else None,
            hands=self._hands in new,
            hand_targets=self._hands.message,
            arrivals=tuple((topic.topic, arrival) for topic in new for arrival in topic.arrivals),
            complaint=complaint,
        )

    def twist(self, now: float) -> Vector:
        """(4,) forward, left [m/s], turning left [rad/s], pelvis upwards [m/s]; zero where nobody asks."""
        twist = self._twist.message
        if twist is None or not 0.0 <= self._twist.age(now) <= VELOCITY_AGE:
            return np.zeros(4)
        wanted = np.array([twist.linear.x, twist.linear.y, twist.angular.z, twist.linear.z])
        return wanted if np.isfinite(wanted).all() else np.zeros(4)

    def _request(self) -> tuple[Request, str]:
        """The last of this tick's, but braking comes before all others."""
        texts = ["" if one is None else one.data.strip().lower() for one in self._mode.messages]
        requests = [REQUESTS.get(text, Request.NONE) for text in texts]
        if Request.DAMP in requests:
            return Request.DAMP, ""
        unknown = f"unknown mode '{texts[-1]}': valid are {', '.join(REQUESTS)}"
        return requests[-1], unknown if requests[-1] is Request.NONE else ""
