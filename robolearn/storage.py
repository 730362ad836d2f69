"""Writing to disk so that a kill at any moment loses nothing: temporary name, fsync, rename."""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from robolearn.errors import StorageError, UserError

_DISK_REFUSES = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG}
_WRONG_PLACE = (PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError, FileNotFoundError)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says about writing `path` into one line.

    Raises StorageError for a disk that is full, read-only or broken, UserError for a path that cannot be
    written by this user.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_REFUSES:
            raise StorageError(f"cannot write {path}: {error.strerror}") from error
        if isinstance(error, _WRONG_PLACE):
            raise UserError(f"cannot write {path}: {error.strerror} ({error.filename})") from error
        raise


def write_bytes(path: Path, content: bytes) -> None:
    """Replace the file `path` by `content`, atomically; makes its folder. Errors as `disk_errors`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_and_sync(temporary, content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_directory(path.parent)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace the file `path` by `value` as indented JSON, atomically. Errors as `disk_errors`."""
    write_bytes(path, (json.dumps(value, indent=2) + "\n").encode())


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in the file `path`. Raises UserError when there is none."""
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is damaged: not JSON ({str(error).splitlines()[0]})") from error
    if not isinstance(value, dict):
        raise UserError(f"{path} is not a JSON object")
    return value


@contextmanager
def new_directory(path: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `path` when the block ends without an error.

    An older `path` steps aside as `.<name>.previous` for the moment between two renames; should the process
    be killed right there, `existing_directory` finds it. Errors as `disk_errors`.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    previous = _previous(path)
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        try:
            yield temporary
            sync_tree(temporary)
            if path.exists():
                shutil.rmtree(previous, ignore_errors=True)
                path.rename(previous)
            temporary.rename(path)
            _sync_directory(path.parent)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(previous, ignore_errors=True)


def sync_tree(directory: Path) -> None:
    """Wait until everything below `directory` is on the disk."""
    for path in directory.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _sync_directory(directory)


def existing_directory(path: Path) -> Path:
    """`path`, or the older folder that a kill during `new_directory` left of it."""
    if path.exists():
        return path
    previous = _previous(path)
    return previous if previous.is_dir() else path


def _previous(path: Path) -> Path:
    return path.with_name(f".{path.name}.previous")


def _write_and_sync(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
