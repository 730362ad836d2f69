"""How the parts of a robot are."""

from typing import ClassVar

from robolearn.bridge.message import Message, Nested, message, wired
from robolearn.bridge.messages.std_msgs import Header
from robolearn.bridge.wire_types import UINT8, Series, Text


@message("diagnostic_msgs/msg/KeyValue")
class KeyValue(Message):
    """A figure with its name."""

    key: str = wired(Text())
    value: str = wired(Text())


@message("diagnostic_msgs/msg/DiagnosticStatus")
class DiagnosticStatus(Message):
    """Of one part.

    level: OK, WARN, ERROR or STALE
    """

    OK: ClassVar[int] = 0
    WARN: ClassVar[int] = 1
    ERROR: ClassVar[int] = 2
    STALE: ClassVar[int] = 3
    level: int = wired(UINT8)
    name: str = wired(Text())
    message: str = wired(Text())
    hardware_id: str = wired(Text())
    values: list[KeyValue] = wired(Series(Nested(KeyValue)))


@message("diagnostic_msgs/msg/DiagnosticArray")
class DiagnosticArray(Message):
    """Of all parts."""

    header: Header = wired(Nested(Header))
    status: list[DiagnosticStatus] = wired(Series(Nested(DiagnosticStatus)))
