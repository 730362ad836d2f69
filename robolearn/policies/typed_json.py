"""Settings dataclasses from JSON that somebody else may have written."""

import dataclasses
import typing
from typing import Any, TypeVar

from robolearn.errors import UserError, unknown_name

T = TypeVar("T")


def from_json(kind: type[T], value: object, origin: str) -> T:
    """A dataclass from the object that `dataclasses.asdict` made of one; nothing may be missing or extra.

    Fields are int, float, str, bool, list[int], list[str] or such dataclasses. Raises UserError naming the
    first entry that does not fit; `origin` is where the object comes from, for the message.
    """
    if not isinstance(value, dict):
        raise UserError(f"{origin} is not a JSON object")
    hints = typing.get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]  # pyright: ignore[reportArgumentType]
    for name in value:
        if name not in names:
            raise unknown_name(f"entry in {origin}", name, names)
    for name in names:
        if name not in value:
            raise UserError(f"{origin} lacks '{name}'")
    return kind(**{name: _entry(hints[name], value[name], f"{origin}.{name}") for name in names})


def _entry(hint: Any, value: Any, origin: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return from_json(typing.cast(type, hint), value, origin)
    if hint is float and type(value) is int:
        return float(value)
    if typing.get_origin(hint) is list:
        (item_kind,) = typing.get_args(hint)
        fits = isinstance(value, list) and all(type(item) is item_kind for item in value)
    else:
        fits = type(value) is hint
    if not fits:
        raise UserError(f"{origin} is {value!r}, expected {getattr(hint, '__name__', hint)}")
    return value
