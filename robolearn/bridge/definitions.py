"""Messages as the text of their .msg files, which recordings carry."""

from robolearn.bridge.message import Message, Nested, layout
from robolearn.bridge.wire_types import Array, Scalar, Series, Text, WireType


def definition(kind: type[Message]) -> str:
    """One line a field, such as `float32[4] quaternion`."""
    return "".join(f"{_type(wire)} {name}\n" for name, wire in layout(kind))


def parts(kind: type[Message]) -> list[type[Message]]:
    """All message types that one is made of, each before those that need it, itself last."""
    found: list[type[Message]] = []
    for _, wire in layout(kind):
        element = wire.element if isinstance(wire, Array | Series) else wire
        if isinstance(element, Nested):
            found += [part for part in parts(element.kind) if part not in found]
    return [*found, kind]


def _type(wire: WireType) -> str:
    if isinstance(wire, Nested):
        return wire.kind.ROS_TYPE.replace("/msg/", "/")
    if isinstance(wire, Array):
        return f"{_type(wire.element)}[{wire.count}]"
    if isinstance(wire, Series):
        return f"{_type(wire.element)}[]"
    if isinstance(wire, Text):
        return "string"
    assert isinstance(wire, Scalar)
    return wire.name
