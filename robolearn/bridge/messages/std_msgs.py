"""What the other packages are made of."""

from robolearn.bridge.message import Message, Nested, message, wired
from robolearn.bridge.messages.builtin_interfaces import Time
from robolearn.bridge.wire_types import BOOL, INT64, Text


@message("std_msgs/msg/Header")
class Header(Message):
    """When and in which frame."""

    stamp: Time = wired(Nested(Time))
    frame_id: str = wired(Text())


@message("std_msgs/msg/Bool")
class Bool(Message):
    """A truth value."""

    data: bool = wired(BOOL)


@message("std_msgs/msg/String")
class String(Message):
    """A text."""

    data: str = wired(Text())


@message("std_msgs/msg/Int64")
class Int64(Message):
    """A whole number."""

    data: int = wired(INT64)
