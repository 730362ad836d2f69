"""The tick in which nothing happens, in one call of machine code: a state comes, the same targets go."""

from typing import Final

import numpy as np
from numba import types
from numpy.typing import NDArray

from robolearn.bridge.cdr import HEADER
from robolearn.bridge.compiled import BUFFER, BYTES, NUMBERS, compiled
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
from robolearn.bridge.images import LOW_COMMAND, LOW_STATE
from robolearn.bridge.remote_control import STOP
from robolearn.bridge.safety.filter import is_within
from robolearn.bridge.safety.joints import JointCommand, Vector
from robolearn.bridge.safety.limits import JointLimits
from robolearn.bridge.safety.settings import SafetySettings

_STOP: Final = STOP.value

_LEAST, _GREATEST, _WANTED, _SENT, _ROWS = 0, 9, 18, 23, 28
"""First rows of limits, of both commands, and their number, in a table of a column for each joint."""

_COMMAND: Final = LOW_STATE.dtype.itemsize
_MESSAGE: Final = _COMMAND + LOW_COMMAND.dtype.itemsize
_BYTES: Final = _MESSAGE + len(HEADER) + LOW_COMMAND.wire_size
"""Where a command begins behind a state, both as C lays them out, then the command's message, and its end."""


class Repetition:
    """Of one robot. Each array that is handed to machine code costs time, so there are few.

    limits: of its joints
    safety: when it is stopped
    """

    def __init__(self, limits: JointLimits, safety: SafetySettings) -> None:
        self._bounds = safety.tilt, safety.temperature, safety.voltage
        self._messages, writer = StateMessages(limits.size), CommandWriter(limits.size)
        self._table = np.zeros((_ROWS, limits.size))
        self._table[_LEAST:_GREATEST], self._table[_GREATEST:_WANTED] = limits.plain
        self._bytes = np.zeros(_BYTES, np.uint8)
        self._bytes[_COMMAND:_MESSAGE], self._bytes[_MESSAGE:] = writer.image, writer.buffer
        self._message = self._bytes[_MESSAGE:]

    def prepare(self, wanted: JointCommand, sent: JointCommand) -> None:
        """What shall be commanded from now on, and what was last."""
        self._table[_WANTED:_SENT], self._table[_SENT:] = wanted.table, sent.table

    def answer(self, payload: bytes, tick: int) -> tuple[Vector, bytes] | None:
        """What a state says, as `StateMessages.numbers`, and the message that commands what is wanted.

        tick: of the robot's clock at the last state [ms]

        None where anything is to be thought about: a message that is damaged or not new, a robot that leans,
        is hot, runs out of power or is stopped by its remote control, or a command beyond a limit.
        """
        numbers = self._messages.empty(payload)
        if numbers is not None:
            state = np.frombuffer(payload, np.uint8)
            if _answer(state, tick, *self._bounds, numbers, self._table, self._bytes):
                return numbers, self._message.tobytes()
        return None


@compiled(
    types.boolean,
    BYTES,
    types.int64,
    types.float64,
    types.float64,
    types.float64,
    NUMBERS,
    types.Array(types.float64, 2, "C"),
    BUFFER,
)
def _answer(
    payload: NDArray[np.uint8],
    tick: int,
    tilt: float,
    temperature: float,
    voltage: float,
    numbers: Vector,
    table: Vector,
    workspace: NDArray[np.uint8],
) -> bool:
    if not read_state(payload, workspace[:_COMMAND], numbers):
        return False
    if not 0 < (np.int64(numbers[TICK]) - tick) % 2**32 < 2**31:
        return False
    if not (abs(numbers[TILT]) <= tilt and numbers[TEMPERATURE] <= temperature):
        return False
    if not numbers[VOLTAGE] >= voltage or np.int64(numbers[BUTTONS]) & _STOP == _STOP:
        return False
    joints = table.shape[1]
    angles, speeds = numbers[JOINTS : JOINTS + joints], numbers[JOINTS + joints : JOINTS + 2 * joints]
    wanted, sent = table[_WANTED:_SENT], table[_SENT:]
    if not is_within(wanted, sent, angles, speeds, table[_LEAST:_GREATEST], table[_GREATEST:_WANTED]):
        return False
    write_command(wanted, np.uint8(numbers[MODE_MACHINE]), workspace[_COMMAND:_MESSAGE], workspace[_MESSAGE:])
    sent[:] = wanted
    return True
