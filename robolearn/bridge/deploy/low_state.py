"""Reads LowState messages, as `robolearn.bridge.images` would, for every tick."""

import math
from typing import Final

import numpy as np
from numba import types
from numpy.typing import NDArray

from robolearn.bridge.cdr import HEADER
from robolearn.bridge.checksum import checksum_of
from robolearn.bridge.compiled import BUFFER, BYTES, NUMBERS, compiled
from robolearn.bridge.images import LOW_STATE
from robolearn.bridge.messages.unitree_hg import MOTOR_SLOTS
from robolearn.bridge.remote_control import KEYS
from robolearn.bridge.safety.joints import LARGEST_ANGLE, LARGEST_SPEED, Vector

_MACHINE: Final = LOW_STATE.offset("mode_machine")
_TICK: Final = LOW_STATE.offset("tick") // 4
_INERTIAL: Final = LOW_STATE.offset("imu_state") // 4
_MOTORS: Final = LOW_STATE.offset(LOW_STATE.motors) // 4
_STRIDE: Final = LOW_STATE.motor_size // 4
_BUTTONS: Final = (LOW_STATE.offset("wireless_remote") + KEYS.start) // 2
_PADDING: Final = LOW_STATE.offset("_padding")
_PACKED: Final = LOW_STATE.packed
_BEGIN: Final = len(HEADER)
_FIRST, _SECOND = HEADER[0], HEADER[1]
_SIZE: Final = _BEGIN + LOW_STATE.wire_size

QUATERNION, ANGULAR_VELOCITY, ACCELERATION = slice(0, 4), slice(4, 7), slice(7, 10)
_GRAVITY: Final = ACCELERATION.stop
GRAVITY, TILT, TEMPERATURE, VOLTAGE = slice(_GRAVITY, _GRAVITY + 3), 13, 14, 15
TICK, MODE_MACHINE, BUTTONS = 16, 17, 18
JOINTS: Final = 19
"""Where in the numbers of a message what stands; from `JOINTS` on J angles, J speeds and J torques."""


class StateMessages:
    """Takes messages of a robot with J joints apart.

    image: room for a message as C lays it out
    """

    def __init__(self, joints: int) -> None:
        self._joints = joints
        self.image = np.zeros(LOW_STATE.dtype.itemsize, np.uint8)

    def numbers(self, payload: bytes) -> Vector | None:
        """In a new array; None for another size, a wrong checksum or a joint where none can be."""
        message, numbers = np.frombuffer(payload, np.uint8), np.empty(JOINTS + 3 * self._joints)
        return numbers if is_state(message) and read_state(message, self.image, numbers) else None


@compiled(types.boolean, BYTES)
def is_state(message: NDArray[np.uint8]) -> bool:
    """Whether it has the size and the representation of one."""
    return len(message) == _SIZE and message[0] == _FIRST and message[1] == _SECOND


@compiled(types.void, BYTES, BUFFER)
def _align(payload: NDArray[np.uint8], image: NDArray[np.uint8]) -> None:
    """As C lays the message out, with clean padding."""
    body = payload[_BEGIN:]
    image[:_PACKED] = body[:_PACKED]
    image[_PACKED : _PACKED + 2] = 0
    image[_PACKED + 2] = body[_PACKED]
    image[_PACKED + 6 :] = body[_PACKED + 2 :]
    image[_PADDING : _PADDING + 2] = 0
    for slot in range(MOTOR_SLOTS):
        at = 4 * (_MOTORS + slot * _STRIDE)
        image[at + 1 : at + 4] = 0


@compiled(types.void, NUMBERS)
def _orient(numbers: Vector) -> None:
    """Gravity and tilt of the quaternion; NaN where that is none."""
    w, x, y, z = numbers[0], numbers[1], numbers[2], numbers[3]
    length = math.sqrt(w * w + x * x + y * y + z * z)
    if not 0.0 < length < math.inf:
        numbers[_GRAVITY : _GRAVITY + 4] = math.nan
        return
    w, x, y, z = w / length, x / length, y / length, z / length
    down = 1.0 - 2.0 * (x * x + y * y)
    numbers[_GRAVITY], numbers[_GRAVITY + 1] = 2.0 * (w * y - x * z), -2.0 * (y * z + w * x)
    numbers[_GRAVITY + 2] = -down
    numbers[TILT] = math.acos(min(max(down, -1.0), 1.0))


@compiled(types.boolean, BUFFER, NUMBERS)
def _read_motors(image: NDArray[np.uint8], numbers: Vector) -> bool:
    """Whether every joint's state is possible."""
    floats, shorts = image.view(np.float32), image.view(np.int16)
    joints = (len(numbers) - JOINTS) // 3
    hottest, least, possible = -math.inf, math.inf, True
    for joint in range(joints):
        at = _MOTORS + joint * _STRIDE
        q, speed, torque, voltage = floats[at + 1], floats[at + 2], floats[at + 4], floats[at + 6]
        possible &= abs(q) <= LARGEST_ANGLE and abs(speed) <= LARGEST_SPEED
        place = JOINTS + joint
        numbers[place], numbers[place + joints], numbers[place + 2 * joints] = q, speed, torque
        hottest = max(hottest, shorts[2 * at + 10], shorts[2 * at + 11])
        if voltage < least or math.isnan(voltage):
            least = voltage
    numbers[TEMPERATURE], numbers[VOLTAGE] = hottest, least
    return possible


@compiled(types.boolean, BYTES, BUFFER, NUMBERS)
def read_state(payload: NDArray[np.uint8], image: NDArray[np.uint8], numbers: Vector) -> bool:
    """Fill `numbers` and say whether the message is whole and possible; image: as in `StateMessages`."""
    _align(payload, image)
    words, floats = image.view(np.uint32), image.view(np.float32)
    if checksum_of(words[:-1]) != words[-1]:
        return False
    numbers[:_GRAVITY] = floats[_INERTIAL : _INERTIAL + _GRAVITY]
    numbers[TICK], numbers[MODE_MACHINE] = words[_TICK], image[_MACHINE]
    numbers[BUTTONS] = image.view(np.uint16)[_BUTTONS]
    _orient(numbers)
    return _read_motors(image, numbers)
