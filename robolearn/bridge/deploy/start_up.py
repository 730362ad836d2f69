"""What must be true before the first command; each refusal is one line, and leaves the robot as it was."""

import time
from collections.abc import Callable
from typing import Final

from robolearn.bridge.deploy.estimate import StateReader
from robolearn.bridge.deploy.foreign import ForeignCommands
from robolearn.bridge.motion_switcher import active_controller
from robolearn.bridge.topics import LOW_STATES
from robolearn.bridge.transport import Clock, Transport
from robolearn.errors import UserError

PATIENCE: Final = 3.0
"""For the robot's first message [s]; chosen: DDS finds others within a second."""

LISTENING: Final = 0.5
"""For other commands [s]; chosen: longer than Unitree's own deployment listens, 0.2 s."""

_BETWEEN: Final = 0.01
"""Two looks [s]."""

Sleep = Callable[[float], None]


def check_robot(
    transport: Transport,
    joints: int,
    where: str,
    dry_run: bool,
    clock: Clock = time.monotonic,
    sleep: Sleep = time.sleep,
) -> None:
    """Raises UserError unless the robot answers and nobody else commands it.

    A robot without a motion switcher is taken at its word that nobody publishes commands.

    joints: number of the robot's joints
    where: it was looked for, for the message
    dry_run: others may command it
    """
    _await_state(transport, joints, where, clock, sleep)
    if not dry_run:
        _require_released(transport, clock, sleep)
        _require_alone(transport, clock, sleep)


def _await_state(transport: Transport, joints: int, where: str, clock: Clock, sleep: Sleep) -> None:
    reader = StateReader(transport.mailbox(LOW_STATES), joints)
    end = clock() + PATIENCE
    while reader.read() is None:
        if clock() >= end:
            heard = f"{reader.damaged} damaged messages" if reader.damaged else "no message"
            raise UserError(
                f"no robot answers on {where}: {heard} on rt{LOW_STATES.name} within {PATIENCE:g} s"
            )
        sleep(_BETWEEN)


def _require_released(transport: Transport, clock: Clock, sleep: Sleep) -> None:
    controller = active_controller(transport, clock, sleep)
    if controller:
        raise UserError(
            f"the robot's own controller '{controller}' has the motors: put the robot into debug mode (L2+R2)"
        )


def _require_alone(transport: Transport, clock: Clock, sleep: Sleep) -> None:
    foreign = ForeignCommands(transport)
    end = clock() + LISTENING
    while clock() < end:
        if foreign.there(clock()):
            raise UserError(
                "somebody else commands the motors: there is a publisher on rt/lowcmd; stop it, or, if it is "
                "the robot's own controller, put the robot into debug mode (L2+R2)"
            )
        sleep(_BETWEEN)
