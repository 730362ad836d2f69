"""A message is a slotted dataclass whose fields say what they are on the wire; its bytes follow from that."""

import reprlib
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, ClassVar, TypeVar, dataclass_transform

from robolearn.bridge.cdr import Reader, Writer
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.wire_types import WireType

_WIRE = "wire"


class Message:
    """Base of all messages, which `message` completes.

    ROS_TYPE: such as `geometry_msgs/msg/Twist`
    """

    __slots__ = ()
    ROS_TYPE: ClassVar[str]


AnyMessage = TypeVar("AnyMessage", bound=Message)


@dataclass_transform()
def message(ros_type: str) -> Callable[[type[AnyMessage]], type[AnyMessage]]:
    """Make a class with fields from `wired` a message. It has slots, so that a misspelt field is an error."""

    def complete(declared: type[AnyMessage]) -> type[AnyMessage]:
        slotted = dataclass(slots=True)(declared)
        slotted.ROS_TYPE = ros_type
        return slotted

    return complete


def wired(wire: WireType, default: Any = None) -> Any:
    """A field of a message: what it is on the wire, and its default where that is not the wire type's."""
    factory = wire.default if default is None else lambda: default
    return field(default_factory=factory, metadata={_WIRE: wire})


@dataclass(frozen=True)
class Nested(WireType):
    """A message within a message."""

    kind: type[Message]

    @property
    def least(self) -> int:
        """That of its fields."""
        return sum(wire.least for _, wire in layout(self.kind))

    def default(self) -> Message:
        """A new one."""
        return self.kind()

    def write(self, writer: Writer, value: Any) -> None:
        """Raises BridgeError for a field whose value its type does not take, naming it."""
        if not isinstance(value, self.kind):
            raise TypeError(f"a {self.kind.__name__} is wanted")
        for name, wire in layout(self.kind):
            entry = getattr(value, name)
            try:
                wire.write(writer, entry)
            except (ValueError, TypeError, OverflowError, struct.error) as error:
                place = f"{self.kind.ROS_TYPE}.{name}"
                raise BridgeError(f"{place}={reprlib.repr(entry)} cannot be sent: {error}") from error

    def read(self, reader: Reader) -> Message:
        """Field by field."""
        return self.kind(*(wire.read(reader) for _, wire in layout(self.kind)))


def encode(message: Message) -> bytes:
    """The bytes of a message, header included. Raises BridgeError for a value that a field does not take."""
    writer = Writer()
    Nested(type(message)).write(writer, message)
    return writer.payload()


def decode(kind: type[AnyMessage], payload: bytes) -> AnyMessage:
    """The message that the bytes hold. Raises BridgeError, and nothing else, for any that hold none."""
    try:
        reader = Reader(payload)
        values = [wire.read(reader) for _, wire in layout(kind)]
        reader.finish()
    except BridgeError as error:
        raise BridgeError(f"{kind.ROS_TYPE}: {error}") from error
    return kind(*values)


@cache
def layout(kind: type[Message]) -> tuple[tuple[str, WireType], ...]:
    """Names and wire types of a message's fields, in order."""
    return tuple((entry.name, entry.metadata[_WIRE]) for entry in fields(kind))  # pyright: ignore[reportArgumentType]
