"""Times."""

from robolearn.bridge.message import Message, message, wired
from robolearn.bridge.wire_types import INT32, UINT32


@message("builtin_interfaces/msg/Time")
class Time(Message):
    """A moment of the clock in use.

    sec: [s]
    nanosec: [ns], below 1e9
    """

    sec: int = wired(INT32)
    nanosec: int = wired(UINT32)


@message("builtin_interfaces/msg/Duration")
class Duration(Message):
    """Between two moments.

    sec: [s]
    nanosec: [ns], below 1e9
    """

    sec: int = wired(INT32)
    nanosec: int = wired(UINT32)
