"""What a verb's settings are: keys, types, defaults, and the dataclass's docstring about them."""

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from omegaconf import MISSING, DictConfig, OmegaConf

NEEDED = "(needed)"
"""What is shown for a value that the user must give."""

_DESCRIBED = re.compile(r"^(?P<names>\w+(?:, \w+)*): (?P<text>.+)$")


@dataclass(frozen=True)
class Entry:
    """One key: dotted name, type, default and description as they are shown."""

    key: str
    type: str
    default: str
    description: str


def entries(config: DictConfig) -> Iterator[Entry]:
    """The leaves of a structured config, in order; defaults are the values that it holds now."""
    return _entries(OmegaConf.get_type(config), config, "")


def _entries(settings: type[Any] | None, config: DictConfig, prefix: str) -> Iterator[Entry]:
    assert settings is not None
    hints = typing.get_type_hints(settings)
    words = _descriptions(settings)
    for field in dataclasses.fields(settings):
        node = OmegaConf.to_container(config, resolve=False)
        assert isinstance(node, dict)
        hint, value = hints[field.name], node[field.name]
        if dataclasses.is_dataclass(hint):
            yield from _entries(typing.cast(type, hint), config[field.name], f"{prefix}{field.name}.")
        else:
            yield Entry(f"{prefix}{field.name}", type_name(hint), shown(value), words.get(field.name, ""))


def type_name(hint: Any) -> str:
    """A type as the help shows it: `float`, `str or null`, `list of str`."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(type_name(argument) for argument in arguments)
    if hint is types.NoneType:
        return "null"
    if origin in (list, tuple):
        return f"list of {type_name(arguments[0])}"
    return getattr(hint, "__name__", str(hint))


def shown(value: Any) -> str:
    """A value as it would be written on the command line."""
    if value == MISSING:
        return NEEDED
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _descriptions(settings: type[Any]) -> dict[str, str]:
    """Descriptions by field, from docstring lines such as "epochs, seed: what they are", inherited too."""
    found: dict[str, str] = {}
    for kind in reversed(settings.__mro__):
        found |= _described(inspect.cleandoc(kind.__doc__ or ""))
    return found


def _described(docstring: str) -> dict[str, str]:
    found: dict[str, str] = {}
    names: list[str] = []
    for line in docstring.splitlines():
        if match := _DESCRIBED.match(line):
            names = match["names"].split(", ")
            found |= dict.fromkeys(names, match["text"])
        elif names and line.startswith(" "):
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
        else:
            names = []
    return found


def table(config: DictConfig) -> str:
    """The keys of a structured config as aligned text, one a line."""
    rows = [(f"{entry.key}={entry.default}", entry.type, entry.description) for entry in entries(config)]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"  {key:{widths[0]}}  {kind:{widths[1]}}  {text}".rstrip() for key, kind, text in rows)
