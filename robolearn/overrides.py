"""Overrides on the command line: reading "key=value" and setting it in a typed configuration."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from robolearn.errors import UserError, unknown_name
from robolearn.settings_help import entries, shown

_ASSIGNMENT = re.compile(r"(?P<key>[A-Za-z_][\w.]*)=(?P<value>.*)", re.DOTALL)


def parse(text: str) -> tuple[str, Any]:
    """Key and value of "key=value", the value in Hydra's grammar.

    What the grammar does not read as one value, such as a path with "=" in it, is the text as it stands.
    Raises UserError for anything but an assignment.
    """
    match = _ASSIGNMENT.fullmatch(text)
    if match is None:
        raise UserError(f"cannot read '{text}': overrides are key=value, such as seed=7")
    key, value = match["key"], match["value"]
    try:
        override = OverridesParser.create().parse_override(text)
        parsed = value if override.is_sweep_override() else override.value()
    except HydraException:
        parsed = value
    if isinstance(parsed, str) and parsed.startswith("~/"):
        parsed = str(Path(parsed).expanduser())
    return key, parsed


def chosen(arguments: Sequence[str], defaults: Mapping[str, str]) -> dict[str, str]:
    """A script's settings as text: its defaults, and what "key=value" says instead.

    Raises UserError for anything but an assignment to one of their keys.
    """
    found = dict(defaults)
    for argument in arguments:
        match = _ASSIGNMENT.fullmatch(argument)
        if match is None:
            raise UserError(f"cannot read '{argument}': arguments are key=value")
        if match["key"] not in found:
            raise unknown_name("key", match["key"], found)
        found[match["key"]] = match["value"]
    return found


def assign(config: DictConfig, key: str, value: Any) -> None:
    """Set `key` (dotted) in a structured config. Raises UserError for an unknown key or a wrong type."""
    known = {entry.key: entry for entry in entries(config)}
    sections = {name.rpartition(".")[0] for name in known} - {""}
    if key not in known and key not in sections:
        raise unknown_name("key", key, known)
    try:
        OmegaConf.update(config, key, value, merge=True)
    except OmegaConfBaseException as error:
        if key in known:
            wanted = f"it takes {known[key].type}, such as {known[key].default}"
        else:
            wanted = str(error).splitlines()[0]
        raise UserError(f"{key}={shown(value)} is not valid: {wanted}") from error
