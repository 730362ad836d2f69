"""The tick in which nothing happens, in one call of machine code: a state comes, the same targets go."""

from typing import Final

import numpy as np
from numba import types
from numpy.typing import NDArray

from robolearn.bridge.compiled import BUFFER, BYTES, NUMBERS, TABLE, VECTOR, compiled
from robolearn.bridge.deploy.low_command import CommandWriter, write_command
from robolearn.bridge.deploy.low_state import (
    BUTTONS,
    JOINTS,
    MODE_MACHINE,
    TEMPERATURE,
    TICK,
    TILT,
    VOLTAGE,
    StateMessages,
    read_state,
)
from robolearn.bridge.remote_control import STOP
from robolearn.bridge.safety.filter import is_within
from robolearn.bridge.safety.joints import JointCommand, Vector
from robolearn.bridge.safety.limits import JointLimits
from robolearn.bridge.safety.settings import SafetySettings

_STOP: Final = STOP.value


class Repetition:
    """Of one robot.

    limits: of its joints
    safety: when it is stopped
    """

    def __init__(self, limits: JointLimits, safety: SafetySettings) -> None:
        self._joints, self._plain = limits.size, limits.plain
        self._bounds = np.array([safety.tilt, safety.temperature, safety.voltage])
        self._messages, self._writer = StateMessages(limits.size), CommandWriter(limits.size)

    def answer(
        self, payload: bytes, tick: int, wanted: JointCommand, sent: JointCommand
    ) -> tuple[Vector, bytes] | None:
        """What a state says, as `StateMessages.numbers`, and the message that commands `wanted`.

        tick: of the robot's clock at the last state [ms]
        sent: the command before

        None where anything is to be thought about: a message that is damaged or not new, a robot that leans,
        is hot, runs out of power or is stopped by its remote control, or a command beyond a limit.
        """
        numbers = self._messages.empty(payload)
        if numbers is None:
            return None
        message = self._writer.buffer
        plain = _answer(
            np.frombuffer(payload, np.uint8),
            self._messages.image,
            numbers,
            tick,
            self._bounds,
            wanted.table,
            sent.table,
            *self._plain,
            self._writer.image,
            message,
        )
        return (numbers, message.tobytes()) if plain else None


@compiled(
    types.boolean, BYTES, BUFFER, NUMBERS, types.int64, VECTOR, TABLE, TABLE, TABLE, TABLE, BUFFER, BUFFER
)
def _answer(
    payload: NDArray[np.uint8],
    state: NDArray[np.uint8],
    numbers: Vector,
    tick: int,
    bounds: Vector,
    wanted: Vector,
    sent: Vector,
    least: Vector,
    greatest: Vector,
    command: NDArray[np.uint8],
    message: NDArray[np.uint8],
) -> bool:
    if not read_state(payload, state, numbers):
        return False
    if not 0 < (np.int64(numbers[TICK]) - tick) % 2**32 < 2**31:
        return False
    well = (
        abs(numbers[TILT]) <= bounds[0]
        and numbers[TEMPERATURE] <= bounds[1]
        and numbers[VOLTAGE] >= bounds[2]
    )
    if not well or np.int64(numbers[BUTTONS]) & _STOP == _STOP:
        return False
    joints = wanted.shape[1]
    angles, speeds = numbers[JOINTS : JOINTS + joints], numbers[JOINTS + joints : JOINTS + 2 * joints]
    if not is_within(wanted, sent, angles, speeds, least, greatest):
        return False
    write_command(wanted, np.uint8(numbers[MODE_MACHINE]), command, message)
    return True
