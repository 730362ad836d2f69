"""Which of five things a robot does, as a pure function of what is known in each tick.

    PASSIVE -> STAND -> POLICY     on the operator's request, and POLICY -> STAND
    STAND, POLICY -> HOLD          when something is wrong, or on request; HOLD -> STAND on request, once
                                   it is right again
    any -> DAMP                    at once for what holding would not help, and out of HOLD when time is up
    DAMP -> PASSIVE                on the operator's reset, and nothing else

In PASSIVE and DAMP joints are braked, never free. No command that nobody asked for is kept up without an end:
STAND is a posture that stands, and HOLD is short.
"""

from enum import Enum
from typing import Final, NamedTuple

from robolearn.bridge.safety.faults import Fault, policy_fault, robot_fault
from robolearn.bridge.safety.inputs import Inputs, Request
from robolearn.bridge.safety.settings import SafetySettings


class Mode(Enum):
    """What the robot does.

    PASSIVE: joints braked, ready to stand up
    STAND: on the way to the standing posture, or in it
    POLICY: what the policy says
    HOLD: the posture in which something went wrong, or that the operator wanted kept
    DAMP: joints braked until the operator resets
    """

    PASSIVE = "passive"
    STAND = "stand"
    POLICY = "policy"
    HOLD = "hold"
    DAMP = "damp"


TRANSITIONS: Final = {
    Mode.PASSIVE: {Mode.STAND, Mode.DAMP},
    Mode.STAND: {Mode.POLICY, Mode.HOLD, Mode.DAMP},
    Mode.POLICY: {Mode.STAND, Mode.HOLD, Mode.DAMP},
    Mode.HOLD: {Mode.STAND, Mode.DAMP},
    Mode.DAMP: {Mode.PASSIVE},
}
"""From each mode to which others."""

_LATEST: Final = 1e10
"""Of a clock [s]; chosen: later than today in Unix time, and float64 still counts microseconds there."""


class Situation(NamedTuple):
    """Where the machine is.

    mode: what the robot does
    since: when it began to [s]
    reason: why it did
    now: of the last tick [s]
    fault_since: since when something has been wrong without a break [s], None if nothing is
    refused: why the operator's request of this tick is not followed, empty if it is or there is none
    """

    mode: Mode
    since: float
    reason: str
    now: float
    fault_since: float | None = None
    refused: str = ""

    def at(self, now: float) -> "Situation":
        """The same at another time [s]."""
        return Situation(self.mode, self.since, self.reason, now, self.fault_since, self.refused)


def begin(now: float) -> Situation:
    """At the start of a program, at the time `now` [s]."""
    return Situation(Mode.PASSIVE, since=now, reason="start", now=now)


def may_end(situation: Situation, settings: SafetySettings) -> bool:
    """Whether the program may stop commanding: joints have been braked for long enough."""
    braked = situation.mode in (Mode.PASSIVE, Mode.DAMP)
    return braked and situation.now - situation.since >= settings.damp_time


def advance(before: Situation, inputs: Inputs, settings: SafetySettings) -> Situation:
    """One tick: the situation after it."""
    wrong_clock = _clock_fault(before, inputs.now, settings)
    now = inputs.now if before.now <= inputs.now < _LATEST else before.now
    fault = wrong_clock or _fault(before.mode, inputs, settings)
    since = None if fault is None else now if before.fault_since is None else before.fault_since
    current = Situation(before.mode, before.since, before.reason, now, since)
    forced = _forced(current, fault, inputs, settings)
    if forced is not None:
        return _entered(current, *forced)
    return _requested(current, fault, inputs, settings)


def _clock_fault(before: Situation, now: float, settings: SafetySettings) -> Fault | None:
    if not before.now <= now < _LATEST:
        return Fault(f"the clock went from {before.now:g} to {now:g} s", immediate=True)
    if now - before.now > settings.tick:
        return Fault(f"no tick for {now - before.now:.3f} s, longer than {settings.tick:g}", immediate=True)
    return None


def _fault(mode: Mode, inputs: Inputs, settings: SafetySettings) -> Fault | None:
    fault = robot_fault(inputs, settings)
    if fault is None and mode is Mode.POLICY:
        return policy_fault(inputs, settings)
    return fault


def _entered(current: Situation, mode: Mode, reason: str) -> Situation:
    return current._replace(mode=mode, since=current.now, reason=reason)


def _forced(
    current: Situation, fault: Fault | None, inputs: Inputs, settings: SafetySettings
) -> tuple[Mode, str] | None:
    """Where the robot must go whatever the operator would like, and why."""
    if current.mode is Mode.DAMP:
        return None
    stop = _stop(inputs)
    if stop:
        return Mode.DAMP, stop
    if current.mode is Mode.PASSIVE:
        return None
    if fault is not None and fault.immediate:
        return Mode.DAMP, fault.reason
    if current.mode is Mode.HOLD:
        return _end_of_hold(current, fault, settings)
    return None if fault is None else (Mode.HOLD, fault.reason)


def _stop(inputs: Inputs) -> str:
    """Why somebody wants the robot braked, empty if nobody does."""
    if inputs.emergency_stop:
        return "emergency stop"
    if inputs.shutdown:
        return "shutdown"
    return "the operator's request" if inputs.request is Request.DAMP else ""


def _end_of_hold(
    current: Situation, fault: Fault | None, settings: SafetySettings
) -> tuple[Mode, str] | None:
    wrong_since = current.now if current.fault_since is None else current.fault_since
    if fault is not None and current.now - wrong_since >= settings.hold_fault_time:
        return Mode.DAMP, f"{fault.reason}, for {settings.hold_fault_time:g} s"
    if current.now - current.since >= settings.hold_time:
        return Mode.DAMP, f"held for {settings.hold_time:g} s after: {current.reason}"
    return None


def _requested(
    current: Situation, fault: Fault | None, inputs: Inputs, settings: SafetySettings
) -> Situation:
    """Follow the operator's request, or note why not."""
    if inputs.request is Request.NONE:
        return current
    target = _TARGETS.get(inputs.request)
    if target is None or target is current.mode:
        return current
    refusal = _refusal(current, target, fault, inputs, settings)
    if refusal:
        return current._replace(refused=f"{inputs.request.value} refused: {refusal}")
    return _entered(current, target, "the operator's request")


_TARGETS: Final = {
    Request.STAND: Mode.STAND,
    Request.POLICY: Mode.POLICY,
    Request.HOLD: Mode.HOLD,
    Request.RESET: Mode.PASSIVE,
}
"""Requests that may be refused, and where they lead."""


def _refusal(
    current: Situation, target: Mode, fault: Fault | None, inputs: Inputs, settings: SafetySettings
) -> str:
    """Why the robot does not go to `target`, empty if it does."""
    if target not in TRANSITIONS[current.mode]:
        return f"not from {current.mode.value}"
    if target is Mode.PASSIVE:
        return _stop(inputs)
    if target is Mode.POLICY:
        standing = current.now - current.since
        if standing < settings.stand_time:
            return f"standing for {standing:.1f} s, less than {settings.stand_time:g}"
        fault = policy_fault(inputs, settings)
    return "" if fault is None else fault.reason
