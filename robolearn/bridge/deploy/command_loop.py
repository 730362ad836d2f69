"""The loop that owns the motors: whatever happens elsewhere, it says something safe 500 times a second."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from robolearn.bridge.deploy.ages import AHEAD, age
from robolearn.bridge.deploy.arms import Arms
from robolearn.bridge.deploy.estimate import StateEstimate, StateReader
from robolearn.bridge.deploy.exchange import PolicyAnswer, PolicyRequest
from robolearn.bridge.deploy.foreign import ForeignCommands
from robolearn.bridge.deploy.hands import HandTargets
from robolearn.bridge.deploy.low_command import CommandWriter
from robolearn.bridge.deploy.motion import Motion
from robolearn.bridge.deploy.operator import Operator, Wishes
from robolearn.bridge.deploy.periods import Periods
from robolearn.bridge.deploy.ports import Inbox, Outbox
from robolearn.bridge.deploy.profile import Owned, RobotProfile
from robolearn.bridge.deploy.repetition import Repetition
from robolearn.bridge.deploy.steering import Steering
from robolearn.bridge.safety.filter import safe_command
from robolearn.bridge.safety.inputs import Inputs
from robolearn.bridge.safety.joints import JointCommand, Vector
from robolearn.bridge.safety.postures import braking
from robolearn.bridge.safety.settings import SafetySettings
from robolearn.bridge.safety.state_machine import Mode, Situation, advance, begin
from robolearn.bridge.topics import LOW_COMMANDS, LOW_STATES, Topic
from robolearn.bridge.transport import Bell, Transport

_STIFF: Final = (Mode.STAND, Mode.POLICY, Mode.HOLD)
"""Modes that command more than braking."""

Record = Callable[[Topic, bytes], None]
"""Keeps a message; must not wait."""


@dataclass(frozen=True)
class Snapshot:
    """What others may know of the last tick.

    velocity: (4,) command that the operator gives
    place: (3,) of the pelvis in the frame of the odometry [m], NaN where nobody reckons it
    policy_age: of the policy's last action [s], infinite before the first
    complaint: what the operator asked for in vain last, empty for nothing
    """

    situation: Situation
    estimate: StateEstimate
    velocity: np.ndarray
    place: Vector
    policy_age: float
    complaint: str


@dataclass(frozen=True)
class Transition:
    """A change of mode at a time [s], and why."""

    at: float
    mode: Mode
    reason: str


class CommandLoop:
    """Reads the robot and the operator, decides, filters, and commands.

    transport: to the robot and the operator
    owned: joints of the policy
    requests, answers: to and from the policy
    now: when it begins [s]
    heartbeat: whether the operator must show that it is there
    follows_hands: whether the policy can be told where the hands shall be
    dry_run: publish nothing, so that whoever commands the motors may go on
    record: keeps what is sent and received, None for nobody

    shutdown: set it to end in DAMP
    transitions: of the mode, in order
    filtered: ticks in which the safety filter changed a command of STAND, POLICY or HOLD
    sent: commands that were published
    """

    def __init__(
        self,
        transport: Transport,
        profile: RobotProfile,
        owned: Owned,
        requests: Outbox,
        answers: Inbox,
        now: float,
        safety: SafetySettings | None = None,
        *,
        heartbeat: bool = True,
        follows_hands: bool = False,
        dry_run: bool = False,
        record: Record | None = None,
    ) -> None:
        self.safety = SafetySettings() if safety is None else safety
        self._decided = begin(now)
        self.shutdown = False
        self.transitions: list[Transition] = []
        self.filtered = 0
        self.sent = 0
        self.periods = Periods(profile.period)
        self.states = StateReader(transport.mailbox(LOW_STATES), profile.limits.size)
        self._profile, self._owned, self._record = profile, owned, record
        self._requests, self._answers = requests, answers
        self._bell = Bell()
        self._operator = Operator(transport, heartbeat, self._bell)
        self._foreign = None if dry_run else ForeignCommands(transport, self._bell)
        self._publish = None if dry_run else transport.publisher(LOW_COMMANDS)
        self._motion = Motion(profile, owned, self.safety.stand_time)
        self._steering, self._arms = Steering(profile), Arms(profile, owned)
        self._hands, self._follows_hands = HandTargets(), follows_hands
        self._policy_period = 1.0 / next(iter(profile.tasks.values())).control_rate_hz
        # The tick that is nearest to when it is due.
        self._ask_from = now - profile.period / 2
        self._asked, self._answered = 0, 0
        self._message: Vector | None = None
        self._answer: PolicyAnswer | None = None
        self._velocity = np.array([0.0, 0.0, 0.0, profile.height])
        self._wanted: JointCommand | None = None
        self._now, self._until, self._silent_at = now, -math.inf, -math.inf
        self._repetition = Repetition(profile.limits, self.safety)
        self._command: JointCommand | None = None
        self._payload = b""
        self._complaint = ""
        self._writer = CommandWriter(profile.limits.size)
        self._mode_machine = 0

    @property
    def situation(self) -> Situation:
        """At the last tick."""
        return self._decided.at(self._now)

    @property
    def snapshot(self) -> Snapshot | None:
        """Of the last tick, for another thread; None before the robot is known."""
        estimate, answer, now = self.states.last, self._answer, self._now
        if estimate is None or self._command is None:
            return None
        return Snapshot(
            self.situation, estimate, self._velocity, self._place, _age_of(answer, now), self._complaint
        )

    def tick(self, now: float) -> None:
        """One period at the time `now` [s]: at most one command is published."""
        self.periods.tick(now)
        # Nothing has happened since the last decision but, perhaps, a new state or action.
        goes_on = self._now <= now <= self._until and not self._bell.rung and not self.shutdown
        if not (goes_on and (self._answered == self._asked or self._follows(now)) and self._repeat(now)):
            self._think(now)
        if now >= self._ask_from:
            self._ask(now)

    def brake(self) -> None:
        """Publish a command that brakes all joints, whatever state this loop is in; needs one tick before."""
        if self._command is not None:
            limits = self._profile.limits
            self._send(braking(np.clip(0.0, limits.lower, limits.upper), limits.damping))

    def _follows(self, now: float) -> bool:
        """Take over a new action of the policy, if there is one; whether that took no decision."""
        before, answer = self._answer, self._newest_answer()
        if answer is before or answer is None:
            return True
        if len(answer.arms) or not 0.0 <= age(now, answer.at) <= self.safety.policy_age:
            return False
        self._until = self._deadline(answer)
        self._want(self._motion.driven(self._arms.posture, answer.targets))
        return True

    def _want(self, wanted: JointCommand) -> None:
        self._wanted = wanted
        self._repetition.want(wanted)

    def _repeat(self, now: float) -> bool:
        """Command what is wanted if the state allows it; whether it was done.

        All in one, since here a call costs more than what it does.
        """
        arrival = self.states.waiting()
        if arrival is None:
            return self._send_again(now)
        payload = self._repetition.answer(arrival.payload) if self._is_fresh(now, arrival.at) else None
        if payload is None:
            return False
        self.states.accept(arrival, self._repetition.numbers)
        if self._record is not None:
            self._record(LOW_STATES, arrival.payload)
        self._command = self._repetition.sent if self._repetition.changed else self._wanted
        self.filtered += self._repetition.changed
        self._now = now
        self._emit(payload)
        return True

    def _send_again(self, now: float) -> bool:
        """No state came: what was sent last, if that was wanted; the same state allowed it."""
        if self._command is not self._wanted or not self._is_fresh(now, self.states.at):
            return False
        self._now = now
        self._emit(self._payload)
        return True

    def _is_fresh(self, now: float, at: float) -> bool:
        return -AHEAD <= now - at <= self.safety.state_age

    def _think(self, now: float) -> None:
        """A tick in which anything may have happened."""
        estimate = self.states.read()
        if self.states.arrival is not None:
            self._keep(LOW_STATES, self.states.arrival.payload)
        self._decide(now, estimate)
        self._now = self._decided.now
        if estimate is not None:
            self._act(estimate)

    def _decide(self, now: float, estimate: StateEstimate | None) -> None:
        """What mode it is, what the joints shall do, and until when both hold if nothing happens."""
        self._bell.rung = False
        wishes, answer = self._operator.read(now), self._newest_answer()
        for topic, arrival in wishes.arrivals:
            self._keep(topic, arrival.payload)
        self._advance(now, estimate, answer, wishes)
        arms = self._arms_posture(answer, wishes)
        if estimate is not None:
            targets = None if answer is None else answer.targets
            measured = estimate.joints.q
            if self._command is None:
                self._command = braking(measured, self._profile.limits.damping)
            self._wanted = self._motion.command(self._decided, measured, self._command.q, arms, targets)
        self._silent_at = self._peace(now, wishes)
        self._until = self._deadline(answer)

    def _peace(self, now: float, wishes: Wishes) -> float:
        """Until when nobody must be heard of [s]; not at all unless the policy drives and all is well."""
        situation = self._decided
        troubled = situation.fault_since is not None or bool(situation.refused)
        if situation.mode is not Mode.POLICY or troubled or self._arms.moving:
            return -math.inf
        silent = now + self.safety.heartbeat_age - wishes.heartbeat_age
        return silent if self._foreign is None else min(silent, self._foreign.ask_at)

    def _deadline(self, answer: PolicyAnswer | None) -> float:
        """Until when the decision holds if nothing happens [s]."""
        return -math.inf if answer is None else min(answer.at + self.safety.policy_age, self._silent_at)

    def _newest_answer(self) -> PolicyAnswer | None:
        message = self._answers.latest()
        if message is not self._message and message is not None:
            self._message, self._answer = message, PolicyAnswer.of(message)
            self._answered = self._answer.number
        return self._answer

    def _advance(
        self, now: float, estimate: StateEstimate | None, answer: PolicyAnswer | None, wishes: Wishes
    ) -> None:
        before = self.situation
        inputs = Inputs(
            now=now,
            state_age=self.states.age(now),
            policy_age=_age_of(answer, now),
            heartbeat_age=wishes.heartbeat_age,
            tilt=np.nan if estimate is None else estimate.tilt,
            temperature=np.nan if estimate is None else estimate.temperature,
            voltage=np.nan if estimate is None else estimate.voltage,
            action_finite=answer is None or answer.finite,
            foreign_publisher=self._foreign is not None and self._foreign.there(now),
            emergency_stop=wishes.emergency_stop or (estimate is not None and estimate.remote_stop),
            shutdown=self.shutdown,
            request=wishes.request,
        )
        after = self._decided = advance(before, inputs, self.safety)
        if after.mode is not before.mode:
            self.transitions.append(Transition(now, after.mode, after.reason))
        self._complaint = wishes.complaint or after.refused or self._complaint
        if after.mode is not before.mode and not after.refused:
            self._complaint = ""

    @property
    def _place(self) -> Vector:
        """(3,) of the pelvis in the frame of the odometry [m], NaN where nobody reckons it."""
        return np.full(3, np.nan) if self._answer is None else self._answer.place

    def _arms_posture(self, answer: PolicyAnswer | None, wishes: Wishes) -> Vector:
        """(J,) of the joints that the policy does not own [rad]."""
        if self._decided.mode is not Mode.POLICY:
            self._arms.reset()
            self._hands.clear()
            return self._arms.step(self._profile.period)
        complaint = self._aim_hands(wishes)
        if wishes.targets is not None:
            self._hands.clear()
            complaint = self._arms.aim(wishes.targets) or complaint
        elif answer is not None and len(answer.arms) and np.isfinite(self._hands.goal).all():
            self._arms.follow(answer.arms)
        self._complaint = complaint or self._complaint
        return self._arms.step(self._profile.period)

    def _aim_hands(self, wishes: Wishes) -> str:
        """The later of hand targets and velocities counts; returns what was asked for in vain."""
        if wishes.drives:
            self._hands.clear()
        if not wishes.hands:
            return ""
        if not self._follows_hands:
            return "hand targets without a manager: start with manager=DIR"
        return self._hands.aim(wishes.hand_targets, self._place)

    def _act(self, estimate: StateEstimate) -> None:
        assert self._wanted is not None and self._command is not None
        sent, measured = self._command, estimate.joints
        self._command, _ = safe_command(self._wanted, sent, measured, self._profile.limits)
        if self._command is not self._wanted and self._decided.mode in _STIFF:
            self.filtered += 1
        self._mode_machine = estimate.mode_machine
        self._send(self._command)
        if self._until > self._now:
            self._want(self._wanted)
            self._repetition.begin(self._command, estimate.tick)

    def _send(self, command: JointCommand) -> None:
        self._emit(self._writer.message(command, self._mode_machine))

    def _emit(self, payload: bytes) -> None:
        if self._publish is not None:
            self._publish(payload)
            self.sent += 1
        self._payload = payload
        self._keep(LOW_COMMANDS, payload)

    def _keep(self, topic: Topic, payload: bytes) -> None:
        if self._record is not None:
            self._record(topic, payload)

    def _ask(self, now: float) -> None:
        """Let the policy act on the newest state, if there is one, once a control period."""
        estimate = self.states.last
        if estimate is None:
            return
        # From when it was due, so that a late tick does not slow the policy; unless whole periods are lost.
        late = now - self._ask_from - self._profile.period / 2
        self._ask_from += self._policy_period + (late if late >= self._policy_period else 0.0)
        active = self._decided.mode is Mode.POLICY
        if not active:
            self._steering.reset()
        twist = self._operator.twist(now) if active else np.zeros(4)
        self._velocity = self._steering.command(twist, self._policy_period)
        self._asked += 1
        request = PolicyRequest(
            self._asked,
            active,
            self._velocity,
            estimate.quaternion,
            self._hands.goal,
            estimate.measurement,
        )
        self._requests.put(request.vector())


def _age_of(answer: PolicyAnswer | None, now: float) -> float:
    """Since the policy began to compute it [s]; infinite where there is none."""
    return math.inf if answer is None else age(now, answer.at)
