"""How a dataset appears whole: its parts are written aside, and `meta`, which makes it one, moves in last."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from robolearn.data.layout import PARTS
from robolearn.errors import UserError
from robolearn.storage import disk_errors, sync_tree

_ASSEMBLY = ".dataset"


def refuse_older(path: Path) -> None:
    """Raise UserError where a dataset in `path` would be written over another, or over part of one."""
    if older := [name for name in PARTS if (path / name).exists()]:
        raise UserError(f"{path} already holds '{older[0]}': a dataset is not written over it")


@contextmanager
def assembled(path: Path) -> Iterator[Path]:
    """A folder for the parts of a dataset, which move into `path` when the block ends without an error.

    An older dataset there is replaced; for a moment there is none. Errors as `storage.disk_errors`.
    """
    folder = path / _ASSEMBLY
    with disk_errors(path):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
            sync_tree(folder)
            _move_into_place(folder, path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _move_into_place(folder: Path, path: Path) -> None:
    for name in reversed(PARTS):
        if (path / name).exists():
            shutil.rmtree(path / name)
    for name in PARTS:
        if (folder / name).exists():
            (folder / name).rename(path / name)


def write_content(folder: Path, name: str, content: bytes) -> None:
    """Write the file `name`, relative to `folder`, and the folders on its way."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def write_json_content(folder: Path, name: str, value: Mapping[str, Any]) -> None:
    """Write a JSON object as the file `name`, relative to `folder`."""
    write_content(folder, name, (json.dumps(value, indent=2) + "\n").encode())
