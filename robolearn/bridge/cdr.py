"""Common Data Representation, the bytes of DDS messages (OMG DDS-XTypes 1.3, 7.4.1).

Of its dialects the one that ROS 2 and Unitree share: XCDR1 of final types, little endian. Four bytes say so;
then comes every scalar at a multiple of its own size, counted from behind those four.
"""

import struct
from collections.abc import Iterable
from typing import Any, Final

from robolearn.bridge.errors import BridgeError

HEADER: Final = b"\x00\x01\x00\x00"
"""XCDR1, little endian, no options."""

LARGEST_PADDING: Final = 3
"""Bytes that a writer may add so that its message ends at a multiple of four (RTPS 2.3, 9.4.2.11)."""


class Writer:
    """Collects the bytes of one message."""

    def __init__(self) -> None:
        self._body = bytearray()

    def scalars(self, code: str, size: int, values: Iterable[Any], count: int) -> None:
        """Add `count` numbers of the `struct` code `code`, `size` bytes each. Raises struct.error."""
        if count:
            self._body.extend(bytes(-len(self._body) % size))
            self._body.extend(struct.pack(f"<{count}{code}", *values))

    def raw(self, content: bytes) -> None:
        """Add bytes as they are."""
        self._body.extend(content)

    def payload(self) -> bytes:
        """Header and body."""
        return HEADER + self._body


class Reader:
    """Takes a message apart; raises BridgeError where it is shorter or longer than its type."""

    def __init__(self, payload: bytes) -> None:
        self._body = memoryview(without_header(payload))
        self._position = 0

    @property
    def remaining(self) -> int:
        """Bytes that are left."""
        return len(self._body) - self._position

    def scalars(self, code: str, size: int, count: int) -> tuple[Any, ...]:
        """Take `count` numbers of the `struct` code `code`, `size` bytes each."""
        if not count:
            return ()
        self._take(-self._position % size)
        start = self._take(count * size)
        return struct.unpack_from(f"<{count}{code}", self._body, start)

    def raw(self, count: int) -> bytes:
        """Take `count` bytes."""
        start = self._take(count)
        return bytes(self._body[start : start + count])

    def finish(self) -> None:
        """Raises BridgeError if more is left than the padding of a message."""
        if self.remaining > LARGEST_PADDING:
            raise BridgeError(f"{self.remaining} bytes follow the end of the message")

    def _take(self, count: int) -> int:
        if count > self.remaining:
            raise BridgeError(f"the message ends after {len(self._body)} bytes, in the middle of a field")
        start = self._position
        self._position += count
        return start


def without_header(payload: bytes) -> bytes:
    """The body of a message. Raises BridgeError for another representation; the options are ignored."""
    if payload[:2] != HEADER[:2] or len(payload) < len(HEADER):
        start = payload[:4].hex(" ") or "nothing"
        raise BridgeError(f"it begins with {start}, not as XCDR1 little endian does: 00 01 00 00")
    return payload[len(HEADER) :]
