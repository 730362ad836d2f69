"""What the state machine is told every tick."""

from enum import Enum
from typing import NamedTuple


class Request(Enum):
    """What the operator asks for in this tick."""

    NONE = "none"
    STAND = "stand"
    POLICY = "policy"
    HOLD = "hold"
    DAMP = "damp"
    RESET = "reset"


class Inputs(NamedTuple):
    """All that decides; a number that is not known is NaN or infinity, which counts as wrong.

    now: of a clock that never goes back [s]
    state_age, policy_age, heartbeat_age: since the robot's last message, the policy's last action and the
        operator's last sign of life arrived [s]
    tilt: of the pelvis from upright [rad]
    temperature: of the hottest motor [degrees Celsius]
    voltage: of the supply [V]
    action_finite: the policy's last action has neither NaN nor infinity
    foreign_publisher: somebody else commands the motors as well
    emergency_stop: its button is down
    shutdown: the program was told to end
    request: the operator's
    """

    now: float
    state_age: float
    policy_age: float
    heartbeat_age: float
    tilt: float
    temperature: float
    voltage: float
    action_finite: bool = True
    foreign_publisher: bool = False
    emergency_stop: bool = False
    shutdown: bool = False
    request: Request = Request.NONE
