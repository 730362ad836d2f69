"""Writes what a program on Fast DDS must know of our messages: `generate.py FOLDER`.

`messages.idl` is for fastddsgen, whose classes keep no list of their fields; `fields.hpp` is that list. Both
follow from `robolearn.bridge.messages`: nothing about a message is written down twice. A file that would not
change is left alone, so that `make` builds nothing anew.
"""

import sys
from pathlib import Path
from typing import Final

from covered import TOPICS

from robolearn.bridge.definitions import parts
from robolearn.bridge.message import Message, Nested, layout
from robolearn.bridge.names import dds_type
from robolearn.bridge.wire_types import Array, Scalar, Series, Text, WireType

IDL_SCALARS: Final = {
    "bool": "boolean",
    "uint8": "octet",
    "int16": "short",
    "int32": "long",
    "uint32": "unsigned long",
    "int64": "long long",
    "float32": "float",
    "float64": "double",
}
"""IDL's names (OMG IDL 4.2, table 7-13) of those that .msg files have."""


def idl(kinds: list[type[Message]]) -> str:
    """Each message in its modules, with the names that ROS 2 gives them on DDS."""
    return "".join(_declaration(kind) for kind in kinds)


def fields(kinds: list[type[Message]], exchanged: list[type[Message]]) -> str:
    """C++ that hands every field of a message to a function, and a type by its name to another."""
    return "\n".join(
        (
            '#pragma once\n#include "messagesPubSubTypes.h"\n#include <stdexcept>\n#include <string>\n',
            *(_each_field(kind) for kind in kinds),
            "template <class Run>\nint with_type(const std::string& name, Run&& run) {",
            *(_choice(kind) for kind in exchanged),
            '    throw std::invalid_argument("type \'" + name + "\' was not generated");\n}\n',
        )
    )


def _declaration(kind: type[Message]) -> str:
    *modules, name = dds_type(kind.ROS_TYPE).split("::")
    opening = " ".join(f"module {module} {{" for module in modules)
    members = "".join(f"    {_member(field, wire)};\n" for field, wire in layout(kind))
    return f"{opening}\nstruct {name} {{\n{members}}};\n{'}; ' * len(modules)}\n\n"


def _member(name: str, wire: WireType) -> str:
    if isinstance(wire, Array):
        return f"{_idl_type(wire.element)} {name}[{wire.count}]"
    return f"{_idl_type(wire)} {name}"


def _idl_type(wire: WireType) -> str:
    if isinstance(wire, Nested):
        return dds_type(wire.kind.ROS_TYPE)
    if isinstance(wire, Series):
        return f"sequence<{_idl_type(wire.element)}>"
    if isinstance(wire, Text):
        return "string"
    assert isinstance(wire, Scalar)
    return IDL_SCALARS[wire.name]


def _each_field(kind: type[Message]) -> str:
    calls = "".join(f"    function(message.{name}());\n" for name, _ in layout(kind))
    head = f"void each_field({dds_type(kind.ROS_TYPE)}& message, Function& function) {{"
    return f"template <class Function>\n{head}\n{calls}}}\n"


def _choice(kind: type[Message]) -> str:
    name = dds_type(kind.ROS_TYPE)
    return f'    if (name == "{name}") return run.template operator()<{name}, {name}PubSubType>();'


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main(folder: Path) -> None:
    """Write both files for the types of `TOPICS` and those that these are made of."""
    exchanged = list(dict.fromkeys(topic.kind for topic in TOPICS))
    kinds = list(dict.fromkeys(part for kind in exchanged for part in parts(kind)))
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "messages.idl", idl(kinds))
    _write(folder / "fields.hpp", fields(kinds, exchanged))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
