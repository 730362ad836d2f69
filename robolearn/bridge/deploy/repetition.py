"""The tick in which nothing happens, in one call of machine code: a state comes, the same targets go."""

from typing import Final

import numpy as np
from numba import types
from numpy.typing import NDArray

from robolearn.bridge.cdr import HEADER
from robolearn.bridge.compiled import BUFFER, NUMBERS, PAYLOAD, compiled
from robolearn.bridge.deploy.low_command import CommandWriter, write_command
from robolearn.bridge.deploy.low_state import (
    BUTTONS,
    JOINTS,
    MODE_MACHINE,
    TEMPERATURE,
    TICK,
    TILT,
    VOLTAGE,
    is_state,
    read_state,
)
from robolearn.bridge.images import LOW_COMMAND, LOW_STATE
from robolearn.bridge.remote_control import STOP
from robolearn.bridge.safety.filter import UNMEASURED, UNUSABLE, filter_joints
from robolearn.bridge.safety.joints import JointCommand, Vector
from robolearn.bridge.safety.limits import JointLimits
from robolearn.bridge.safety.settings import SafetySettings

_STOP: Final = STOP.value

_LIMITS, _WANTED, _SENT, _SAFE = slice(0, 8), slice(8, 13), slice(13, 18), slice(18, 23)
"""Rows of limits and commands in a table of a column for each joint; the last is what is decided now."""

_COMMAND: Final = LOW_STATE.dtype.itemsize
_MESSAGE: Final = _COMMAND + LOW_COMMAND.dtype.itemsize
_REASONS: Final = _MESSAGE + len(HEADER) + LOW_COMMAND.wire_size
"""Where a command begins behind a state, both as C lays them out, then the command's message, and then why it
is not what was wanted."""

_NEWEST: Final = 3
"""Of the four bounds of a state: tilt, temperature, voltage, and the robot's clock at the last one."""

_THINK, _AS_WANTED, _CHANGED = range(3)
"""What came of an answer."""


class Repetition:
    """Of one robot. Each array that is handed to machine code costs time, so there are few.

    limits: of its joints
    safety: when it is stopped

    numbers: what the last state that was answered says, as `StateMessages.numbers`; changes with later ones
    changed: whether the last answer was not just what was wanted
    """

    def __init__(self, limits: JointLimits, safety: SafetySettings) -> None:
        self._bounds = np.array([safety.tilt, safety.temperature, safety.voltage, 0.0])
        self.numbers, self._next_numbers = np.zeros((2, JOINTS + 3 * limits.size))
        self.changed = False
        writer = CommandWriter(limits.size)
        self._table = np.zeros((_SAFE.stop, limits.size))
        self._table[_LIMITS] = limits.table
        self._bytes = np.zeros(_REASONS + limits.size, np.uint8)
        self._bytes[_COMMAND:_MESSAGE], self._bytes[_MESSAGE:_REASONS] = writer.image, writer.buffer
        self._message = self._bytes[_MESSAGE:_REASONS]

    def begin(self, sent: JointCommand, tick: int) -> None:
        """What was commanded last, and the robot's clock at the last state [ms]."""
        self._table[_SENT], self._bounds[_NEWEST] = sent.table, tick

    def want(self, wanted: JointCommand) -> None:
        """What shall be commanded from now on."""
        self._table[_WANTED] = wanted.table

    @property
    def sent(self) -> JointCommand:
        """What was commanded last."""
        return JointCommand(self._table[_SENT].copy())

    def answer(self, payload: bytes) -> bytes | None:
        """To a state that has come: what to publish, which is what is wanted, as far as it is safe.

        None where anything is to be thought about: a message that is damaged or not new, a robot that leans,
        is hot, runs out of power or is stopped by its remote control, a joint that is not measured, or a
        command with NaN.
        """
        result = _answer(payload, self._bounds, self._next_numbers, self._table, self._bytes)
        if result == _THINK:
            return None
        self.numbers, self._next_numbers = self._next_numbers, self.numbers
        self.changed = result == _CHANGED
        return self._message.tobytes()


@compiled(
    types.int64,
    PAYLOAD,
    NUMBERS,
    NUMBERS,
    types.Array(types.float64, 2, "C"),
    BUFFER,
)
def _answer(
    payload: bytes,
    bounds: Vector,
    numbers: Vector,
    table: Vector,
    workspace: NDArray[np.uint8],
) -> int:
    state = np.frombuffer(payload, np.uint8)
    if not (is_state(state) and read_state(state, workspace[:_COMMAND], numbers)):
        return _THINK
    tilt, temperature, voltage, newest = bounds
    if not 0 < np.int64(numbers[TICK] - newest) % 2**32 < 2**31:
        return _THINK
    if not (abs(numbers[TILT]) <= tilt and numbers[TEMPERATURE] <= temperature):
        return _THINK
    if not numbers[VOLTAGE] >= voltage or np.int64(numbers[BUTTONS]) & _STOP == _STOP:
        return _THINK
    joints = table.shape[1]
    angles, speeds = numbers[JOINTS : JOINTS + joints], numbers[JOINTS + joints : JOINTS + 2 * joints]
    wanted, sent, safe = table[_WANTED], table[_SENT], table[_SAFE]
    reasons = workspace[_REASONS:]
    changed = filter_joints(wanted, sent, angles, speeds, table[_LIMITS], safe, reasons)
    if changed and np.any(reasons & (UNUSABLE | UNMEASURED)):
        return _THINK
    bounds[_NEWEST] = numbers[TICK]
    write_command(
        safe, np.uint8(numbers[MODE_MACHINE]), workspace[_COMMAND:_MESSAGE], workspace[_MESSAGE:_REASONS]
    )
    sent[:] = safe
    return _CHANGED if changed else _AS_WANTED
