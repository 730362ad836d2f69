"""Messages with values of every kind, and as the words that the peer reads and writes (values.hpp)."""

import math
import struct
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from robolearn.bridge.images import LOW_COMMAND, LOW_STATE, Layout, checksum, from_wire, seal, to_wire
from robolearn.bridge.message import Message, Nested, decode, encode, layout
from robolearn.bridge.messages.unitree_hg import LowCmd, LowState
from robolearn.bridge.wire_types import BOOL, Array, Scalar, Series, Text, WireType

SEALED: Final[dict[type[Message], Layout]] = {LowCmd: LOW_COMMAND, LowState: LOW_STATE}
"""Those with Unitree's checksum."""

LETTERS: Final = "aZ_/ é関🦿"
"""Of one to four bytes."""

MANY, FEW = 30, 4
"""Most elements of a sequence of numbers or texts (a G1 has 29 joints), and of one of messages; chosen."""


@dataclass(frozen=True)
class Sample:
    """A message to exchange.

    unsealed: its words, with any number for a checksum
    line: what its receiver must make of it: the checksum as the receiver computes it, 0 where there is none,
        and the words
    payload: its bytes, as a deployment sends them
    """

    unsealed: str
    line: str
    payload: bytes


def drawn(kind: type[Message], random: Random) -> Sample:
    """One whose fields all differ, with the lowest and the highest values of integers among them."""
    unsealed = _drawn(Nested(kind), random)
    payload = encode(unsealed)
    if kind in SEALED:
        image = from_wire(payload, SEALED[kind])
        seal(image)
        payload = to_wire(image, SEALED[kind])
    return Sample(words(unsealed), received(kind, payload), payload)


def received(kind: type[Message], payload: bytes) -> str:
    """The line of a message that came. Raises BridgeError for bytes that are none."""
    sealed = SEALED.get(kind)
    sum_of_image = checksum(from_wire(payload, sealed)) if sealed else 0
    return f"{sum_of_image} {words(decode(kind, payload))}"


def words(message: Message) -> str:
    """All values of a message."""
    return " ".join(_words(Nested(type(message)), message))


def _words(wire: WireType, value: Any) -> list[str]:
    if isinstance(wire, Nested):
        return [word for name, part in layout(wire.kind) for word in _words(part, getattr(value, name))]
    if isinstance(wire, Array | Series):
        length = [str(len(value))] if isinstance(wire, Series) else []
        return length + [word for entry in value for word in _words(wire.element, entry)]
    if isinstance(wire, Text):
        return ["x" + value.encode().hex()]
    assert isinstance(wire, Scalar)
    return [f"{value:.17g}" if wire.code in "fd" else str(int(value))]


def _drawn(wire: WireType, random: Random) -> Any:
    if isinstance(wire, Nested):
        return wire.kind(*(_drawn(part, random) for _, part in layout(wire.kind)))
    if isinstance(wire, Array):
        return [_drawn(wire.element, random) for _ in range(wire.count)]
    if isinstance(wire, Series):
        most = FEW if isinstance(wire.element, Nested) else MANY
        return [_drawn(wire.element, random) for _ in range(random.randint(0, most))]
    if isinstance(wire, Text):
        return "".join(random.choices(LETTERS, k=random.randint(0, 12)))
    assert isinstance(wire, Scalar)
    return _number(wire, random)


def _number(scalar: Scalar, random: Random) -> float | bool:
    if scalar == BOOL:
        return random.random() < 0.5
    if scalar.code in "fd":
        number = math.ldexp(random.uniform(-1, 1), random.randint(-30, 30))
        return struct.unpack(scalar.code, struct.pack(scalar.code, number))[0]  # As exact as the field is.
    bits = 8 * scalar.least
    lowest = -(1 << bits - 1) if scalar.code.islower() else 0
    highest = lowest + (1 << bits) - 1
    return random.choice((lowest, highest, random.randint(lowest, highest)))
