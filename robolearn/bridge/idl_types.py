"""Messages as the types that cyclonedds announces to others; their bytes are written elsewhere."""

import types as python_types
from functools import cache
from typing import Any

from cyclonedds.idl import IdlStruct, annotations, types

from robolearn.bridge.message import Message, Nested, layout
from robolearn.bridge.names import dds_type
from robolearn.bridge.wire_types import BOOL, Array, Scalar, Series, WireType


@cache
def idl_type(kind: type[Message]) -> type[IdlStruct]:
    """The type of a message. It is final, since ROS 2 takes no other."""
    members = {name: _member(wire) for name, wire in layout(kind)}
    keywords = {"typename": dds_type(kind.ROS_TYPE).replace("::", ".")}

    def fill(namespace: dict[str, Any]) -> None:
        namespace["__annotations__"].update(members)

    made = python_types.new_class(f"{kind.__name__}_", (IdlStruct,), keywords, fill)
    return annotations.final(made)


def _member(wire: WireType) -> Any:
    if isinstance(wire, Nested):
        return idl_type(wire.kind)
    if isinstance(wire, Array):
        return types.array[_member(wire.element), wire.count]
    if isinstance(wire, Series):
        return types.sequence[_member(wire.element)]
    if isinstance(wire, Scalar):
        return bool if wire == BOOL else getattr(types, wire.name)
    return str
