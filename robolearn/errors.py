"""Errors that the command line turns into one line and an exit status."""

import difflib
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class UserError(Exception):
    """The user's input is wrong: reported as one line, exit status 2."""


class StorageError(Exception):
    """The disk refused a write (full, read-only): one line, exit status 1."""


def unknown_name(kind: str, value: object, valid: Iterable[object]) -> UserError:
    """Build the error for a name that is not one of `valid`, with the nearest match."""
    names = sorted(str(name) for name in valid)
    nearest = difflib.get_close_matches(str(value), names, n=1, cutoff=0.0)
    hint = f"; did you mean '{nearest[0]}'?" if nearest else ""
    return UserError(f"unknown {kind} '{value}': valid are {', '.join(names)}{hint}")


@contextmanager
def refusing(script: str) -> Iterator[None]:
    """Within it wrong input ends the script so named in one line and with status 2."""
    try:
        yield
    except UserError as error:
        sys.stderr.write(f"{script}: {error}\n")
        sys.exit(2)
