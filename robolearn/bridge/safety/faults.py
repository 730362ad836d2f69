"""What is wrong with a robot, in one line."""

from dataclasses import dataclass

from robolearn.bridge.safety.inputs import Inputs
from robolearn.bridge.safety.settings import SafetySettings


@dataclass(frozen=True)
class Fault:
    """Something that is wrong.

    reason: with the figure and what it may be
    immediate: holding still would not help
    """

    reason: str
    immediate: bool = False


def robot_fault(inputs: Inputs, settings: SafetySettings) -> Fault | None:
    """The gravest fault that concerns every state, or None. Conditions are such that NaN is a fault."""
    if not abs(inputs.tilt) <= settings.tilt:
        return Fault(f"tilt {inputs.tilt:.2f} rad, more than {settings.tilt:g}", immediate=True)
    if inputs.foreign_publisher:
        return Fault("somebody else commands the motors")
    if not 0.0 <= inputs.state_age <= settings.state_age:
        return Fault(_late("message of the robot", inputs.state_age, settings.state_age))
    if not 0.0 <= inputs.heartbeat_age <= settings.heartbeat_age:
        return Fault(_late("sign of the operator", inputs.heartbeat_age, settings.heartbeat_age))
    if not inputs.temperature <= settings.temperature:
        return Fault(f"motor at {inputs.temperature:.0f} degrees, more than {settings.temperature:g}")
    if not inputs.voltage >= settings.voltage:
        return Fault(f"supply at {inputs.voltage:.1f} V, less than {settings.voltage:g}")
    return None


def policy_fault(inputs: Inputs, settings: SafetySettings) -> Fault | None:
    """The fault of the policy, or None."""
    if not inputs.action_finite:
        return Fault("the policy's action is not finite")
    if not 0.0 <= inputs.policy_age <= settings.policy_age:
        return Fault(_late("action of the policy", inputs.policy_age, settings.policy_age))
    return None


def _late(what: str, age: float, allowed: float) -> str:
    return f"no {what} for {age:.3f} s, longer than {allowed:g}"
