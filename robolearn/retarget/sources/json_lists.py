"""Lists of JSON objects, in a file each or a line each."""

import json
from pathlib import Path
from typing import Any

from robolearn.errors import UserError


def read_json_list(path: Path) -> list[dict[str, Any]]:
    """The objects of the JSON list in `path`. Raises UserError when it holds anything else."""
    return _objects(path, _parsed(path, _content(path)))


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """The objects in `path`, one a line. Raises UserError when a line holds anything else."""
    lines = _content(path).splitlines()
    return _objects(path, [_parsed(path, line) for line in lines if line.strip()])


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error


def _parsed(path: Path, content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is damaged: not JSON ({str(error).splitlines()[0]})") from error


def _objects(path: Path, values: Any) -> list[dict[str, Any]]:
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise UserError(f"{path} is damaged: expected a list of JSON objects")
    return values
