"""The loop that owns the motors: whatever happens elsewhere, it says something safe 500 times a second."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from robolearn.bridge.deploy.ages import age
from robolearn.bridge.deploy.arms import Arms
from robolearn.bridge.deploy.estimate import StateEstimate, StateReader
from robolearn.bridge.deploy.exchange import PolicyAnswer, PolicyRequest
from robolearn.bridge.deploy.foreign import ForeignCommands
from robolearn.bridge.deploy.hands import HandTargets
from robolearn.bridge.deploy.motion import Motion
from robolearn.bridge.deploy.operator import Operator, Wishes
from robolearn.bridge.deploy.periods import Periods
from robolearn.bridge.deploy.ports import Inbox, Outbox
from robolearn.bridge.deploy.profile import Owned, RobotProfile
from robolearn.bridge.deploy.steering import Steering
from robolearn.bridge.images import LOW_COMMAND, rows_of, seal, to_wire
from robolearn.bridge.safety.filter import Changes, safe_command
from robolearn.bridge.safety.inputs import Inputs
from robolearn.bridge.safety.joints import JointCommand, Vector
from robolearn.bridge.safety.postures import braking
from robolearn.bridge.safety.settings import SafetySettings
from robolearn.bridge.safety.state_machine import Mode, Situation, advance, begin
from robolearn.bridge.topics import LOW_COMMANDS, LOW_STATES, Topic
from robolearn.bridge.transport import Transport

_STIFF: Final = (Mode.STAND, Mode.POLICY, Mode.HOLD)
"""Modes that command more than braking."""

Record = Callable[[Topic, bytes], None]
"""Keeps a message; must not wait."""


@dataclass(frozen=True)
class Snapshot:
    """What others may know of the last tick.

    changes: of the command by the safety filter
    velocity: (4,) command that the operator gives
    place: (3,) of the pelvis in the frame of the odometry [m], NaN where nobody reckons it
    policy_age: of the policy's last action [s], infinite before the first
    complaint: what the operator asked for in vain last, empty for nothing
    """

    situation: Situation
    estimate: StateEstimate
    command: JointCommand
    changes: Changes
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
    record: keeps what is sent and received

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
        record: Record = lambda topic, payload: None,
    ) -> None:
        self.safety = SafetySettings() if safety is None else safety
        self.situation = begin(now)
        self.shutdown = False
        self.transitions: list[Transition] = []
        self.filtered = 0
        self.sent = 0
        self.snapshot: Snapshot | None = None
        self.periods = Periods(profile.period)
        self.states = StateReader(transport.mailbox(LOW_STATES), profile.limits.size)
        self._profile, self._owned, self._record = profile, owned, record
        self._requests, self._answers = requests, answers
        self._operator = Operator(transport, heartbeat)
        self._foreign = None if dry_run else ForeignCommands(transport)
        self._publish = None if dry_run else transport.publisher(LOW_COMMANDS)
        self._motion = Motion(profile, owned, self.safety.stand_time)
        self._steering, self._arms = Steering(profile), Arms(profile, owned)
        self._hands, self._follows_hands = HandTargets(), follows_hands
        self._policy_period = 1.0 / next(iter(profile.tasks.values())).control_rate_hz
        self._asked_at = now - self._policy_period
        self._asked = 0
        self._velocity = np.array([0.0, 0.0, 0.0, profile.height])
        self._command: JointCommand | None = None
        self._complaint = ""
        self._image = LOW_COMMAND.blank()
        motors = self._image["motor_cmd"][: profile.limits.size]
        motors["mode"] = 1
        self._rows = rows_of(motors)

    def tick(self, now: float) -> None:
        """One period at the time `now` [s]: at most one command is published."""
        self.periods.tick(now)
        estimate, wishes = self.states.read(), self._operator.read(now)
        if self.states.arrival is not None:
            self._record(LOW_STATES, self.states.arrival.payload)
        for topic, arrival in wishes.arrivals:
            self._record(topic, arrival.payload)
        message = self._answers.latest()
        answer = None if message is None else PolicyAnswer.of(message)
        self._decide(now, estimate, answer, wishes)
        if estimate is not None:
            self._act(estimate, answer, self._arms_posture(answer, wishes))
            self._ask(now, estimate, wishes)

    def brake(self) -> None:
        """Publish a command that brakes all joints, whatever state this loop is in; needs one tick before."""
        if self._command is not None:
            limits = self._profile.limits
            self._send(braking(np.clip(0.0, limits.lower, limits.upper), limits.damping))

    def _decide(
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
            action_finite=answer is None or bool(np.isfinite(answer.targets).all()),
            foreign_publisher=self._foreign is not None and self._foreign.there(now),
            emergency_stop=wishes.emergency_stop or (estimate is not None and estimate.remote_stop),
            shutdown=self.shutdown,
            request=wishes.request,
        )
        after = self.situation = advance(before, inputs, self.safety)
        if after.mode is not before.mode:
            self.transitions.append(Transition(now, after.mode, after.reason))
        self._complaint = wishes.complaint or after.refused or self._complaint
        if after.mode is not before.mode and not after.refused:
            self._complaint = ""

    def _arms_posture(self, answer: PolicyAnswer | None, wishes: Wishes) -> Vector:
        """(J,) of the joints that the policy does not own [rad]."""
        if self.situation.mode is not Mode.POLICY:
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
        return self._hands.aim(wishes.hand_targets)

    def _act(self, estimate: StateEstimate, answer: PolicyAnswer | None, arms: Vector) -> None:
        measured, limits = estimate.joints, self._profile.limits
        sent = braking(measured.q, limits.damping) if self._command is None else self._command
        targets = None if answer is None else answer.targets
        wanted = self._motion.command(self.situation, measured.q, sent.q, arms, targets)
        self._command, changes = safe_command(wanted, sent, measured, limits)
        if self._command is not wanted and changes.any() and self.situation.mode in _STIFF:
            self.filtered += 1
        self._image["mode_machine"] = estimate.mode_machine
        self._send(self._command)
        place = np.full(3, np.nan) if answer is None else answer.place
        self.snapshot = Snapshot(
            self.situation,
            estimate,
            self._command,
            changes,
            self._velocity,
            place,
            _age_of(answer, self.situation.now),
            self._complaint,
        )

    def _send(self, command: JointCommand) -> None:
        self._rows[:] = command.table.T
        seal(self._image)
        payload = to_wire(self._image, LOW_COMMAND)
        if self._publish is not None:
            self._publish(payload)
            self.sent += 1
        self._record(LOW_COMMANDS, payload)

    def _ask(self, now: float, estimate: StateEstimate, wishes: Wishes) -> None:
        """Let the policy act on the newest state, once a control period."""
        due = self._asked_at + self._policy_period
        if now < due - self._profile.period / 2:
            return
        # From when it was due, so that a late tick does not slow the policy; unless whole periods are lost.
        self._asked_at = due if now - due < self._policy_period else now
        active = self.situation.mode is Mode.POLICY
        if not active:
            self._steering.reset()
        twist = wishes.twist if active else np.zeros(4)
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
