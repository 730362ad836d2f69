"""The state machine by tables, and by any sequence of inputs."""

import math
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robolearn.bridge.safety.inputs import Inputs, Request
from robolearn.bridge.safety.settings import SafetySettings
from robolearn.bridge.safety.state_machine import TRANSITIONS, Mode, Situation, advance, begin, may_end
from robolearn.errors import UserError

SETTINGS = SafetySettings()
TICK = 0.02
GOOD = Inputs(
    now=0.0, state_age=0.002, policy_age=0.01, heartbeat_age=0.1, tilt=0.05, temperature=40.0, voltage=50.0
)

ROBOT_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"state_age": 0.05}, "no message of the robot for 0.050 s, longer than 0.04"),
    ({"state_age": math.inf}, "no message of the robot for inf s"),
    ({"state_age": -1.0}, "no message of the robot for -1.000 s"),
    ({"heartbeat_age": 0.6}, "no sign of the operator for 0.600 s, longer than 0.5"),
    ({"temperature": 90.0}, "motor at 90 degrees, more than 85"),
    ({"temperature": math.nan}, "motor at nan degrees"),
    ({"voltage": 40.0}, "supply at 40.0 V, less than 41.6"),
    ({"foreign_publisher": True}, "somebody else commands the motors"),
]
POLICY_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"policy_age": 0.08}, "no action of the policy for 0.080 s, longer than 0.06"),
    ({"policy_age": math.nan}, "no action of the policy for nan s"),
    ({"action_finite": False}, "the policy's action is not finite"),
]
TILTED: list[tuple[dict[str, Any], str]] = [
    ({"tilt": 1.2}, "tilt 1.20 rad, more than 1"),
    ({"tilt": math.nan}, "tilt nan rad"),
]
STOPS: list[tuple[dict[str, Any], str]] = [
    ({"emergency_stop": True}, "emergency stop"),
    ({"shutdown": True}, "shutdown"),
    ({"request": Request.DAMP}, "the operator's request"),
]
ACTIVE = (Mode.STAND, Mode.POLICY, Mode.HOLD)


def tick(before: Situation, after: float = TICK, **changed: Any) -> Situation:
    return advance(before, GOOD._replace(now=before.now + after, **changed), SETTINGS)


def run(situation: Situation, duration: float, **changed: Any) -> Situation:
    for _ in range(round(duration / TICK)):
        situation = tick(situation, **changed)
    return situation


@cache
def arrived(mode: Mode) -> Situation:
    """In a mode, along the way there."""
    situation = begin(100.0)
    if mode is Mode.PASSIVE:
        return situation
    if mode is Mode.DAMP:
        return tick(situation, request=Request.DAMP)
    standing = run(tick(situation, request=Request.STAND), SETTINGS.stand_time + TICK)
    if mode is Mode.STAND:
        return standing
    policy = tick(standing, request=Request.POLICY)
    return policy if mode is Mode.POLICY else tick(policy, action_finite=False)


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_is_reached(mode: Mode) -> None:
    assert arrived(mode).mode is mode


def test_a_program_begins_braked() -> None:
    assert begin(3.0) == Situation(Mode.PASSIVE, since=3.0, reason="start", now=3.0)


@pytest.mark.parametrize(
    ("mode", "request_", "expected", "refused"),
    [
        (Mode.PASSIVE, Request.STAND, Mode.STAND, ""),
        (Mode.PASSIVE, Request.POLICY, Mode.PASSIVE, "policy refused: not from passive"),
        (Mode.PASSIVE, Request.RESET, Mode.PASSIVE, ""),
        (Mode.STAND, Request.POLICY, Mode.POLICY, ""),
        (Mode.STAND, Request.RESET, Mode.STAND, "reset refused: not from stand"),
        (Mode.POLICY, Request.STAND, Mode.STAND, ""),
        (Mode.HOLD, Request.STAND, Mode.STAND, ""),
        (Mode.HOLD, Request.POLICY, Mode.HOLD, "policy refused: not from hold"),
        (Mode.DAMP, Request.STAND, Mode.DAMP, "stand refused: not from damp"),
        (Mode.DAMP, Request.RESET, Mode.PASSIVE, ""),
    ],
)
def test_requests(mode: Mode, request_: Request, expected: Mode, refused: str) -> None:
    before = arrived(mode)
    after = tick(before, request=request_)
    assert (after.mode, after.refused) == (expected, refused)
    if expected is mode:
        assert (after.since, after.reason) == (before.since, before.reason)
    else:
        assert (after.since, after.reason) == (after.now, "the operator's request")


@pytest.mark.parametrize("mode", [Mode.STAND, Mode.POLICY])
@pytest.mark.parametrize(("fault", "reason"), ROBOT_FAULTS)
def test_a_fault_is_held_and_then_braked(mode: Mode, fault: dict[str, Any], reason: str) -> None:
    held = tick(arrived(mode), **fault)
    assert held.mode is Mode.HOLD and held.reason.startswith(reason)
    still = run(held, SETTINGS.hold_fault_time - 2 * TICK, **fault)
    assert still.mode is Mode.HOLD
    braked = run(still, 4 * TICK, **fault)
    assert braked.mode is Mode.DAMP and braked.reason.startswith(reason) and "for 0.5 s" in braked.reason


@pytest.mark.parametrize(("fault", "reason"), POLICY_FAULTS)
def test_a_fault_of_the_policy_is_held_until_the_operator_decides(fault: dict[str, Any], reason: str) -> None:
    held = tick(arrived(Mode.POLICY), **fault)
    assert held.mode is Mode.HOLD and held.reason.startswith(reason)
    assert tick(held, request=Request.STAND, **fault).mode is Mode.STAND
    waiting = run(held, SETTINGS.hold_time - 2 * TICK, **fault)
    assert waiting.mode is Mode.HOLD
    braked = run(waiting, 4 * TICK, **fault)
    assert braked.mode is Mode.DAMP and braked.reason.startswith(f"held for 3 s after: {reason}")


@pytest.mark.parametrize(("fault", "reason"), POLICY_FAULTS)
def test_a_policy_that_is_not_there_does_not_keep_a_robot_from_standing(
    fault: dict[str, Any], reason: str
) -> None:
    standing = run(arrived(Mode.STAND), 1.0, **fault)
    assert standing.mode is Mode.STAND
    refused = tick(standing, request=Request.POLICY, **fault)
    assert refused.mode is Mode.STAND and refused.refused.startswith(f"policy refused: {reason}")


@pytest.mark.parametrize("mode", ACTIVE)
@pytest.mark.parametrize(("fault", "reason"), TILTED + STOPS)
def test_what_holding_would_not_help_is_braked_at_once(
    mode: Mode, fault: dict[str, Any], reason: str
) -> None:
    braked = tick(arrived(mode), **fault)
    assert braked.mode is Mode.DAMP and braked.reason.startswith(reason)


@pytest.mark.parametrize(("fault", "reason"), STOPS)
def test_a_passive_robot_is_stopped_too(fault: dict[str, Any], reason: str) -> None:
    assert tick(arrived(Mode.PASSIVE), **fault).reason == reason


@pytest.mark.parametrize(("fault", "reason"), ROBOT_FAULTS + TILTED)
def test_a_robot_with_a_fault_does_not_stand_up(fault: dict[str, Any], reason: str) -> None:
    for mode in (Mode.PASSIVE, Mode.HOLD):
        after = tick(arrived(mode), request=Request.STAND, **fault)
        if fault.get("tilt") is not None and mode is Mode.HOLD:
            assert after.mode is Mode.DAMP
        else:
            assert after.mode is mode and after.refused.startswith(f"stand refused: {reason}")


def test_the_policy_waits_for_the_standing_posture() -> None:
    standing = run(tick(begin(0.0), request=Request.STAND), 1.0)
    early = tick(standing, request=Request.POLICY)
    assert early.mode is Mode.STAND and early.refused == "policy refused: standing for 1.0 s, less than 2.5"
    assert tick(early).refused == ""


@pytest.mark.parametrize("pressed", ["emergency_stop", "shutdown"])
def test_a_reset_waits_for_the_button(pressed: str) -> None:
    braked = tick(arrived(Mode.POLICY), **{pressed: True})
    still = run(braked, 10.0, request=Request.RESET, **{pressed: True})
    assert still.mode is Mode.DAMP and still.refused == f"reset refused: {pressed.replace('_', ' ')}"
    assert run(braked, 10.0).mode is Mode.DAMP
    assert tick(still, request=Request.RESET).mode is Mode.PASSIVE


@pytest.mark.parametrize("now", [99.0, 1e12, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("mode", ACTIVE)
def test_a_clock_that_goes_wrong_is_a_fault(mode: Mode, now: float) -> None:
    before = arrived(mode)
    after = advance(before, GOOD._replace(now=now), SETTINGS)
    assert after.mode is Mode.DAMP and "the clock went from" in after.reason and after.now == before.now


def test_a_loop_that_stood_still_is_a_fault() -> None:
    late = tick(arrived(Mode.POLICY), after=0.7)
    assert late.mode is Mode.DAMP and late.reason == "no tick for 0.700 s, longer than 0.5"
    passive = tick(begin(0.0), after=20.0, request=Request.STAND)
    assert passive.mode is Mode.PASSIVE and passive.refused.startswith("stand refused: no tick for 20.000 s")
    assert tick(passive, request=Request.STAND).mode is Mode.STAND


def test_a_program_ends_once_joints_were_braked_for_a_while() -> None:
    braked = tick(arrived(Mode.POLICY), shutdown=True)
    assert not may_end(braked, SETTINGS)
    assert may_end(run(braked, SETTINGS.damp_time + TICK, shutdown=True), SETTINGS)
    assert not may_end(run(arrived(Mode.STAND), 10.0), SETTINGS)


@pytest.mark.parametrize("name", list(vars(SETTINGS)))
def test_settings_are_above_zero(name: str) -> None:
    with pytest.raises(UserError, match=f"{name}=-1.0 is not valid"):
        SafetySettings(**{name: -1.0})


NUMBERS = st.one_of(st.floats(), st.sampled_from([0.01, 0.3, 2.0, 45.0, 90.0]))
ANYTHING = st.fixed_dictionaries(
    {},
    optional={
        "state_age": NUMBERS,
        "policy_age": NUMBERS,
        "heartbeat_age": NUMBERS,
        "tilt": NUMBERS,
        "temperature": NUMBERS,
        "voltage": NUMBERS,
        "action_finite": st.booleans(),
        "foreign_publisher": st.booleans(),
        "emergency_stop": st.booleans(),
        "shutdown": st.booleans(),
    },
)
REQUESTS = st.sampled_from(Request)
STEPS = st.lists(
    st.tuples(
        st.one_of(st.floats(), st.floats(0.0, 0.5), st.floats(0.0, 0.5)),
        st.one_of(st.just({}), ANYTHING),
        REQUESTS,
    ),
    max_size=20,
)


def follow(
    situation: Situation, steps: Iterable[tuple[float, dict[str, Any], Request]]
) -> Iterable[Situation]:
    for after, changed, request in steps:
        situation = tick(situation, after, request=request, **changed)
        yield situation


@settings(max_examples=60)
@given(mode=st.sampled_from(Mode), steps=STEPS)
def test_no_inputs_lead_outside_the_graph(mode: Mode, steps: list[Any]) -> None:
    before = arrived(mode)
    for (_, changed, request), after in zip(steps, follow(before, steps), strict=True):
        assert after.mode is before.mode or after.mode in TRANSITIONS[before.mode]
        assert after.reason and after.now >= before.now and after.since <= after.now
        if before.mode is Mode.DAMP and after.mode is not Mode.DAMP:
            assert request is Request.RESET and not changed.get("emergency_stop")
        if changed.get("emergency_stop"):
            assert after.mode is Mode.DAMP
        before = after


@settings(max_examples=60)
@given(
    mode=st.sampled_from(ACTIVE),
    steps=STEPS,
    fault=st.sampled_from(ROBOT_FAULTS + TILTED),
    requests=st.lists(REQUESTS.filter(lambda request: request is not Request.RESET), min_size=1, max_size=5),
)
def test_a_fault_that_stays_ends_in_braking(
    mode: Mode, steps: list[Any], fault: tuple[dict[str, Any], str], requests: list[Request]
) -> None:
    situation = [arrived(mode), *follow(arrived(mode), steps)][-1]
    for place in range(math.ceil((SETTINGS.hold_fault_time + 2 * TICK) / TICK)):
        situation = tick(situation, request=requests[place % len(requests)], **fault[0])
    assert situation.mode in (Mode.DAMP, Mode.PASSIVE)


@settings(max_examples=60)
@given(steps=STEPS, fault=st.sampled_from(POLICY_FAULTS))
def test_a_policy_that_stays_away_is_not_waited_for(
    steps: list[Any], fault: tuple[dict[str, Any], str]
) -> None:
    situation = [arrived(Mode.POLICY), *follow(arrived(Mode.POLICY), steps)][-1]
    after = run(situation, SETTINGS.hold_time + 3 * TICK, **fault[0])
    assert after.mode in (Mode.DAMP, Mode.PASSIVE, Mode.STAND)
    assert after.mode is not Mode.STAND or situation.mode is Mode.STAND
