"""What a field of a message may be, and how each kind is written, read and left out."""

import struct
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from robolearn.bridge.cdr import Reader, Writer
from robolearn.bridge.errors import BridgeError


class WireType(ABC):
    """Of one field. `write` raises ValueError, TypeError, OverflowError or struct.error on another value."""

    @property
    @abstractmethod
    def least(self) -> int:
        """Fewest bytes that a value takes: what a sequence's length is checked against before it is read."""

    @abstractmethod
    def default(self) -> Any:
        """The value of a field that nobody set."""

    @abstractmethod
    def write(self, writer: Writer, value: Any) -> None:
        """Add `value` to a message."""

    @abstractmethod
    def read(self, reader: Reader) -> Any:
        """Take a value from a message. Raises BridgeError where there is none."""

    def write_many(self, writer: Writer, values: Sequence[Any]) -> None:
        """Add values one behind the other."""
        for value in values:
            self.write(writer, value)

    def read_many(self, reader: Reader, count: int) -> list[Any]:
        """Take `count` values that follow one another."""
        return [self.read(reader) for _ in range(count)]


@dataclass(frozen=True)
class Scalar(WireType):
    """A number or a truth value.

    name: in IDL and in .msg files
    code: of Python's `struct`
    zero: the default
    """

    name: str
    code: str
    zero: float | bool = 0

    @property
    def least(self) -> int:
        """Its size [bytes], which is its alignment as well."""
        return struct.calcsize(f"<{self.code}")

    def default(self) -> float | bool:
        """Zero."""
        return self.zero

    def write(self, writer: Writer, value: Any) -> None:
        """Add it, aligned."""
        writer.scalars(self.code, self.least, (value,), 1)

    def read(self, reader: Reader) -> Any:
        """Take it, aligned."""
        return reader.scalars(self.code, self.least, 1)[0]

    def write_many(self, writer: Writer, values: Sequence[Any]) -> None:
        """All in one go."""
        writer.scalars(self.code, self.least, values, len(values))

    def read_many(self, reader: Reader, count: int) -> list[Any]:
        """All in one go."""
        return list(reader.scalars(self.code, self.least, count))


BOOL: Final = Scalar("bool", "?", False)
UINT8: Final = Scalar("uint8", "B")
INT16: Final = Scalar("int16", "h")
INT32: Final = Scalar("int32", "i")
UINT32: Final = Scalar("uint32", "I")
INT64: Final = Scalar("int64", "q")
FLOAT32: Final = Scalar("float32", "f", 0.0)
FLOAT64: Final = Scalar("float64", "d", 0.0)


class Text(WireType):
    """UTF-8, its length with the zero byte that ends it in front."""

    @property
    def least(self) -> int:
        """The length alone."""
        return UINT32.least

    def default(self) -> str:
        """The empty text."""
        return ""

    def write(self, writer: Writer, value: Any) -> None:
        """Raises ValueError for a text that holds a zero byte, which would end it early."""
        if not isinstance(value, str):
            raise TypeError("a text is wanted")
        content = value.encode()
        if b"\0" in content:
            raise ValueError("a text holds no zero byte")
        UINT32.write(writer, len(content) + 1)
        writer.raw(content + b"\0")

    def read(self, reader: Reader) -> str:
        """Take it. A length of zero, which some writers send, is the empty text."""
        content = reader.raw(UINT32.read(reader))
        if content and content[-1]:
            raise BridgeError("a text does not end with a zero byte")
        if b"\0" in content[:-1]:
            raise BridgeError("a text holds a zero byte before its end")
        try:
            return content[:-1].decode()
        except UnicodeDecodeError as error:
            raise BridgeError(f"a text is not UTF-8: {error.reason} at byte {error.start}") from error


@dataclass(frozen=True)
class Array(WireType):
    """`count` values of one type, without a length."""

    element: WireType
    count: int

    @property
    def least(self) -> int:
        """That of all its elements."""
        return self.count * self.element.least

    def default(self) -> list[Any]:
        """Defaults of its elements, each its own object."""
        return [self.element.default() for _ in range(self.count)]

    def write(self, writer: Writer, value: Any) -> None:
        """Raises ValueError for another number of values."""
        if len(value) != self.count:
            raise ValueError(f"{self.count} entries are wanted, not {len(value)}")
        self.element.write_many(writer, value)

    def read(self, reader: Reader) -> list[Any]:
        """Take them all."""
        return self.element.read_many(reader, self.count)


@dataclass(frozen=True)
class Series(WireType):
    """Any number of values of one type, their number in front: IDL's sequence."""

    element: WireType

    @property
    def least(self) -> int:
        """The number alone."""
        return UINT32.least

    def default(self) -> list[Any]:
        """None."""
        return []

    def write(self, writer: Writer, value: Any) -> None:
        """Add them all."""
        UINT32.write(writer, len(value))
        self.element.write_many(writer, value)

    def read(self, reader: Reader) -> list[Any]:
        """Take them. Raises BridgeError for a number of values that the rest of the message cannot hold."""
        count = UINT32.read(reader)
        if count * self.element.least > reader.remaining:
            raise BridgeError(f"{count} values are announced, but {reader.remaining} bytes are left")
        return self.element.read_many(reader, count)
