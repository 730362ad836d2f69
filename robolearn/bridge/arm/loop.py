"""The loop that commands an arm: a target for every state, within limits, or that it shall stay."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from robolearn.bridge.arm.foreign import ForeignTargets
from robolearn.bridge.arm.pilot import Pilot
from robolearn.bridge.arm.profile import ArmProfile
from robolearn.bridge.arm.situation import BEGIN, ArmInputs, ArmSafety, Mode, Situation, advance
from robolearn.bridge.arm.state import ArmReader, ArmState
from robolearn.bridge.arm.targets import Target, joint_message, pose_message
from robolearn.bridge.arm.topics import ARM_TARGETS, FINGER_TARGETS, POSE_TARGETS
from robolearn.bridge.deploy.operator import Operator, Wishes
from robolearn.bridge.message import Message, encode
from robolearn.bridge.topics import Topic
from robolearn.bridge.transport import Clock, Transport

Record = Callable[[Topic, bytes], None]
"""Keeps a message; must not wait."""


@dataclass(frozen=True)
class Transition:
    """A change of mode at a time [s], and why."""

    at: float
    mode: Mode
    reason: str


class ArmLoop:
    """Reads the arm and the operator, decides, and commands.

    pilot: of the policy
    period: of its control [s]
    bodies: that it sees, by name
    lockstep: answer every state once, and the arm waits for that; a state may be of any age
    heartbeat: whether the operator must show that it is there
    dry_run: publish nothing, so that whoever commands the arm may go on
    record: keeps what is sent and received
    clock: that of the times which `tick` is given

    transitions: of the mode, in order
    sent: targets that were published
    complaint: what the operator asked for in vain last, empty for nothing
    """

    def __init__(
        self,
        transport: Transport,
        profile: ArmProfile,
        pilot: Pilot,
        period: float,
        bodies: tuple[str, ...],
        safety: ArmSafety | None = None,
        *,
        lockstep: bool = False,
        heartbeat: bool = True,
        dry_run: bool = False,
        record: Record = lambda topic, payload: None,
        clock: Clock = time.monotonic,
    ) -> None:
        self.safety = ArmSafety() if safety is None else safety
        self.situation: Situation = BEGIN
        self.transitions: list[Transition] = []
        self.sent = 0
        self.complaint = ""
        self.reader = ArmReader(transport, profile.base, profile.joints, profile.fingers, bodies, lockstep)
        self.pilot = pilot
        self._profile, self._period, self._lockstep = profile, period, lockstep
        self._record, self._clock = record, clock
        self._operator = Operator(transport, heartbeat)
        self._foreign = None if dry_run else ForeignTargets(transport)
        topics = () if dry_run else (FINGER_TARGETS, POSE_TARGETS, ARM_TARGETS)
        self._publishers = {topic: transport.publisher(topic) for topic in topics}
        self._held: Target | None = None
        self._fresh = False
        self._since = self._answered = -1
        self._last: list[tuple[Topic, bytes]] = []

    def begin(self, now: float, since: int, reason: str) -> None:
        """Let the policy drive, from the state with the stamp `since` [ns] on. now: [s]."""
        self._since, self._fresh = since, True
        self._enter(now, Situation(Mode.POLICY, reason))

    def end(self, now: float, reason: str) -> None:
        """Command nothing any more. now: [s]."""
        self._enter(now, Situation(Mode.IDLE, reason))

    def tick(self, now: float) -> None:
        """One control period at the time `now` [s]; in lock step as often as there is time."""
        state, wishes = self._read(), self._asked(now)
        self._decide(now, wishes, True)
        if state is None or state.stamp < self._since or self.situation.mode is Mode.IDLE:
            return
        if self._lockstep and state.stamp == self._answered:
            self._repeat()
            return
        target = self._target(now, state, wishes)
        self._answered = state.stamp
        if self._lockstep:
            # What came meanwhile only asks for the answer that is about to be sent.
            self._read()
        elif not self._still_wanted():
            return
        self._send(target, state.stamp)

    def _still_wanted(self) -> bool:
        """Whether nothing happened while the policy was at work that forbids what it wants."""
        before, now = self.situation.mode, self._clock()
        self._decide(now, self._asked(now), True)
        return self.situation.mode is before

    def _asked(self, now: float) -> Wishes:
        wishes = self._operator.read(now)
        for topic, arrival in wishes.arrivals:
            self._record(topic, arrival.payload)
        return wishes

    def _read(self) -> ArmState | None:
        state = self.reader.read()
        for topic, arrival in self.reader.arrivals:
            self._record(topic, arrival.payload)
        return state

    def _target(self, now: float, state: ArmState, wishes: Wishes) -> Target:
        if self.situation.mode is Mode.POLICY:
            if self._fresh:
                self.pilot.begin(state)
                self._fresh = False
            target = self.pilot.target(state)
            if target is not None:
                return target
            self._decide(now, wishes, False)
        if self._held is None:
            self._held = self.pilot.here(state)
        return self.pilot.kept(self._held, state)

    def _decide(self, now: float, wishes: Wishes, action_finite: bool) -> None:
        inputs = ArmInputs(
            state_age=0.0 if self._lockstep else self.reader.age(now),
            heartbeat_age=wishes.heartbeat_age,
            action_finite=action_finite,
            foreign_publisher=self._foreign is not None and self._foreign.there(now),
            emergency_stop=wishes.emergency_stop,
            request=wishes.request,
        )
        after = advance(self.situation, inputs, self.safety)
        self.complaint = wishes.complaint or self.complaint
        if after.mode is self.situation.mode and after != self.situation:
            self.complaint = after.reason
        elif after.mode is not self.situation.mode:
            self._fresh = after.mode is Mode.POLICY
            self._enter(now, after)

    def _enter(self, now: float, after: Situation) -> None:
        self.situation, self._held = after, None
        self.transitions.append(Transition(now, after.mode, after.reason))

    def _send(self, target: Target, stamp: int) -> None:
        profile, limits = self._profile, self._profile.limits
        finger = 0.0 if target.closed else limits.opening / len(profile.fingers)
        hand = joint_message(profile.fingers, [finger] * len(profile.fingers), stamp, self._period)
        arm: tuple[Topic, Message] = (POSE_TARGETS, pose_message(target.pose, stamp, profile.base))
        if target.angles is not None:
            arm = ARM_TARGETS, joint_message(profile.joints, target.angles.tolist(), stamp, self._period)
        self._last = [(topic, encode(message)) for topic, message in ((FINGER_TARGETS, hand), arm)]
        self.sent += 1
        self._publish()

    def _repeat(self) -> None:
        """Answer a state again that came again, since the arm waits."""
        if self.reader.arrivals:
            self._publish()

    def _publish(self) -> None:
        for topic, payload in self._last:
            self._record(topic, payload)
            if topic in self._publishers:
                self._publishers[topic](payload)
