"""LowCmd and LowState as arrays: written and read in microseconds, and with Unitree's checksum.

The checksum is of the message as a C compiler lays it out, which differs from its bytes on the wire in one
place: a C compiler aligns the first motor, the wire packs the motor's `mode` right behind what precedes it.
So the bytes of either follow from the other's by moving that one.

An image is a structured array of no dimension: `image["motor_cmd"]["q"][:29] = targets`.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from robolearn.bridge.cdr import HEADER, without_header
from robolearn.bridge.checksum import checksum_of
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.messages.unitree_hg import MOTOR_SLOTS

Image = NDArray[np.void]

# Padding is fields of its own: numpy may leave holes as it finds them, and a checksum covers them.
_MOTOR_COMMAND: Final = np.dtype(
    [
        ("mode", "u1"),
        ("_padding", "V3"),
        *((name, "<f4") for name in ("q", "dq", "tau", "kp", "kd")),
        ("reserve", "<u4"),
    ]
)
_MOTOR_STATE: Final = np.dtype(
    [
        ("mode", "u1"),
        ("_padding", "V3"),
        *((name, "<f4") for name in ("q", "dq", "ddq", "tau_est")),
        ("temperature", "<i2", 2),
        ("vol", "<f4"),
        ("sensor", "<u4", 2),
        ("motorstate", "<u4"),
        ("reserve", "<u4", 4),
    ]
)
_IMU_STATE: Final = np.dtype(
    [
        ("quaternion", "<f4", 4),
        ("gyroscope", "<f4", 3),
        ("accelerometer", "<f4", 3),
        ("rpy", "<f4", 3),
        ("temperature", "<i2"),
        ("_padding", "V2"),
    ]
)


@dataclass(frozen=True)
class Layout:
    """Of one message.

    name: of its type
    dtype: as a C structure
    motors: field of the motors
    packed: where on the wire the first motor's `mode` stands, which C aligns to the next multiple of four
    """

    name: str
    dtype: np.dtype[Any]
    motors: str
    packed: int

    @property
    def wire_size(self) -> int:
        """Bytes on the wire, without the header."""
        return self.dtype.itemsize - 4

    @property
    def motor_size(self) -> int:
        """Bytes of one motor's part."""
        return self._field(self.motors)[0].base.itemsize

    def offset(self, field: str) -> int:
        """Bytes before a field, as a C structure."""
        return self._field(field)[1]

    def _field(self, name: str) -> tuple[np.dtype[Any], int]:
        fields: Any = self.dtype.fields
        return fields[name][0], fields[name][1]

    def blank(self) -> Image:
        """All zero."""
        return np.zeros((), self.dtype)


LOW_COMMAND: Final = Layout(
    "unitree_hg/msg/LowCmd",
    np.dtype(
        [
            ("mode_pr", "u1"),
            ("mode_machine", "u1"),
            ("_padding", "V2"),
            ("motor_cmd", _MOTOR_COMMAND, MOTOR_SLOTS),
            ("reserve", "<u4", 4),
            ("crc", "<u4"),
        ]
    ),
    motors="motor_cmd",
    packed=2,
)
LOW_STATE: Final = Layout(
    "unitree_hg/msg/LowState",
    np.dtype(
        [
            ("version", "<u4", 2),
            ("mode_pr", "u1"),
            ("mode_machine", "u1"),
            ("_padding", "V2"),
            ("tick", "<u4"),
            ("imu_state", _IMU_STATE),
            ("motor_state", _MOTOR_STATE, MOTOR_SLOTS),
            ("wireless_remote", "u1", 40),
            ("reserve", "<u4", 4),
            ("crc", "<u4"),
        ]
    ),
    motors="motor_state",
    packed=70,
)


def checksum(image: Image) -> int:
    """CRC-32/MPEG-2 over the image's little-endian words, the last one left out, which holds it."""
    return int(checksum_of(np.frombuffer(image.tobytes(), "<u4")[:-1]))


def seal(image: Image) -> None:
    """Write the image's checksum into it."""
    image["crc"] = checksum(image)


def to_wire(image: Image, layout: Layout) -> bytes:
    """The message of an image, header included."""
    packed, content = layout.packed, image.tobytes()
    return b"".join(
        (HEADER, content[:packed], content[packed + 2 : packed + 3], b"\0", content[packed + 6 :])
    )


def from_wire(payload: bytes, layout: Layout) -> Image:
    """The image of a message, its own copy with clean padding. Raises BridgeError for a foreign payload."""
    try:
        body = without_header(payload)
    except BridgeError as error:
        raise BridgeError(f"{layout.name}: {error}") from error
    if len(body) != layout.wire_size:
        raise BridgeError(f"{layout.name}: it has {len(body)} bytes, not {layout.wire_size}")
    packed = layout.packed
    parts = body[:packed], b"\0\0", body[packed : packed + 1], b"\0\0\0", body[packed + 2 :]
    image = np.frombuffer(bytearray().join(parts), layout.dtype).reshape(())
    image["_padding"] = np.void(bytes(2))
    image[layout.motors]["_padding"] = np.void(bytes(3))
    return image
