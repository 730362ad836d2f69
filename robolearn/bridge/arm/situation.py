"""Whether an arm is commanded, and when that ends."""

from dataclasses import dataclass
from enum import Enum

from robolearn.bridge.safety.inputs import Request
from robolearn.checks import check_positive


class Mode(Enum):
    """IDLE commands nothing; POLICY what the policy says; HOLD that the arm stays where it was."""

    IDLE = "idle"
    POLICY = "policy"
    HOLD = "hold"


@dataclass(frozen=True)
class ArmSafety:
    """Thresholds, each with where it is from.

    state_age: of the older of joint states and part poses [s]; chosen: three periods of a policy of 10 Hz; a
        fixed arm does not fall, so that it may wait longer than a humanoid
    heartbeat_age: of the operator's last sign of life [s]; as of a humanoid
    """

    state_age: float = 0.3
    heartbeat_age: float = 0.5

    def __post_init__(self) -> None:
        check_positive(**vars(self))


@dataclass(frozen=True)
class ArmInputs:
    """All that decides; a number that is not known is NaN or infinity, which counts as wrong.

    state_age, heartbeat_age: since the last new state and the operator's last sign of life arrived [s]
    action_finite: the policy's last action has neither NaN nor infinity
    foreign_publisher: somebody else commands the arm as well
    emergency_stop: its button is down
    request: the operator's
    """

    state_age: float
    heartbeat_age: float
    action_finite: bool = True
    foreign_publisher: bool = False
    emergency_stop: bool = False
    request: Request = Request.NONE


@dataclass(frozen=True)
class Situation:
    """A mode, and why it is so."""

    mode: Mode
    reason: str


BEGIN = Situation(Mode.IDLE, "nobody has asked for the policy")


def advance(before: Situation, inputs: ArmInputs, safety: ArmSafety) -> Situation:
    """The next one. From HOLD nothing but the operator leads back to the policy."""
    if inputs.emergency_stop:
        return Situation(Mode.IDLE, "emergency stop")
    fault = _fault(inputs, safety)
    if fault and before.mode is Mode.POLICY:
        return Situation(Mode.HOLD, fault)
    if inputs.request is Request.POLICY:
        return Situation(before.mode, f"refused: {fault}") if fault else Situation(Mode.POLICY, "asked")
    if inputs.request in (Request.DAMP, Request.RESET):
        return Situation(Mode.IDLE, "asked")
    if inputs.request is Request.NONE:
        return before
    if fault and before.mode is Mode.IDLE:
        return Situation(Mode.IDLE, f"refused: {fault}")
    return Situation(Mode.HOLD, "asked")


def _fault(inputs: ArmInputs, safety: ArmSafety) -> str:
    """What forbids to begin, empty for nothing. A comparison that is false of NaN counts it as wrong."""
    if not 0.0 <= inputs.state_age <= safety.state_age:
        return f"the last new state is {inputs.state_age:.3f} s old"
    if not inputs.action_finite:
        return "the policy's action is not finite"
    if not 0.0 <= inputs.heartbeat_age <= safety.heartbeat_age:
        return f"the operator's heartbeat is {inputs.heartbeat_age:.3f} s old"
    return "somebody else commands the arm" if inputs.foreign_publisher else ""
