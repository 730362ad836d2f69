"""Writes LowCmd messages, as `robolearn.bridge.images` would, for every tick."""

from typing import Final

import numpy as np
from numba import types
from numpy.typing import NDArray

from robolearn.bridge.cdr import HEADER
from robolearn.bridge.checksum import checksum_of
from robolearn.bridge.compiled import BUFFER, TABLE, compiled
from robolearn.bridge.images import LOW_COMMAND
from robolearn.bridge.safety.joints import JointCommand, Vector

_MACHINE: Final = LOW_COMMAND.offset("mode_machine")
_MOTORS: Final = LOW_COMMAND.offset(LOW_COMMAND.motors) // 4
_STRIDE: Final = LOW_COMMAND.motor_size // 4
_PACKED: Final = LOW_COMMAND.packed
_BEGIN: Final = len(HEADER)


class CommandWriter:
    """Of one robot.

    joints: that it has; their motors are switched on, the other slots' are not

    image: the last message as C lays it out
    buffer: the last message
    """

    def __init__(self, joints: int) -> None:
        image = LOW_COMMAND.blank()
        image[LOW_COMMAND.motors]["mode"][:joints] = 1
        self.image = np.frombuffer(bytearray(image.tobytes()), np.uint8)
        self.buffer = np.frombuffer(bytearray(HEADER + bytes(LOW_COMMAND.wire_size)), np.uint8)

    def message(self, command: JointCommand, mode_machine: int) -> bytes:
        """With header and checksum.

        command: to the joints, (5, J)
        mode_machine: as the robot says
        """
        write_command(command.table, mode_machine, self.image, self.buffer)
        return self.buffer.tobytes()


@compiled(types.void, TABLE, types.uint8, BUFFER, BUFFER)
def write_command(
    table: Vector, mode_machine: int, image: NDArray[np.uint8], message: NDArray[np.uint8]
) -> None:
    """Change `image` and `message`, which are as in `CommandWriter`."""
    image[_MACHINE] = mode_machine
    numbers = image.view(np.float32)
    for joint in range(table.shape[1]):
        for row in range(5):
            numbers[_MOTORS + joint * _STRIDE + 1 + row] = table[row, joint]
    words = image.view(np.uint32)
    words[-1] = checksum_of(words[:-1])
    message[_BEGIN : _BEGIN + _PACKED] = image[:_PACKED]
    message[_BEGIN + _PACKED] = image[_PACKED + 2]
    message[_BEGIN + _PACKED + 2 :] = image[_PACKED + 6 :]
