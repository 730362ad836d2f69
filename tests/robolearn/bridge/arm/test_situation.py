"""When an arm is commanded, and when that ends."""

import dataclasses

import pytest

from robolearn.bridge.arm.situation import BEGIN, ArmInputs, ArmSafety, Mode, Situation, advance
from robolearn.bridge.safety.inputs import Request

FINE = ArmInputs(state_age=0.05, heartbeat_age=0.1)
FLYING = Situation(Mode.POLICY, "asked")


def after(before: Situation, **inputs: object) -> Situation:
    return advance(before, dataclasses.replace(FINE, **inputs), ArmSafety())


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"state_age": 0.31}, "the last new state is 0.310 s old"),
        ({"state_age": float("nan")}, "the last new state is nan s old"),
        ({"state_age": float("inf")}, "the last new state is inf s old"),
        ({"action_finite": False}, "the policy's action is not finite"),
        ({"heartbeat_age": 0.6}, "the operator's heartbeat is 0.600 s old"),
        ({"foreign_publisher": True}, "somebody else commands the arm"),
    ],
)
def test_faults_hold_and_forbid(inputs: dict[str, object], reason: str) -> None:
    assert after(FLYING, **inputs) == Situation(Mode.HOLD, reason)
    assert after(FLYING, request=Request.POLICY, **inputs) == Situation(Mode.HOLD, reason)
    for request in (Request.POLICY, Request.HOLD, Request.STAND):
        refused = after(BEGIN, request=request, **inputs)
        assert refused == Situation(Mode.IDLE, f"refused: {reason}")
    assert after(BEGIN, **inputs) == BEGIN


def test_only_the_operator_leads_back() -> None:
    held = Situation(Mode.HOLD, "the policy's action is not finite")
    assert after(held) == held
    assert after(held, request=Request.POLICY).mode is Mode.POLICY
    assert after(FLYING, request=Request.HOLD).mode is Mode.HOLD
    assert after(FLYING, request=Request.DAMP).mode is Mode.IDLE
    assert after(FLYING, emergency_stop=True, request=Request.POLICY).mode is Mode.IDLE
    assert after(FLYING) == FLYING
