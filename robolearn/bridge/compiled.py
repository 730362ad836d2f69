"""Functions of numbers and arrays as machine code, for what happens 500 times a second.

From a state to a command every microsecond of Python counts about two and a half times, since another program
has had the caches since the last one. Only plain arithmetic is compiled; `f.py_func` is the same in Python.
"""

from collections.abc import Callable
from typing import Any, Final

import numba
from numba import types

BYTES: Final = types.Array(types.uint8, 1, "C", readonly=True)
"""What is only read: bytes of a message."""

PAYLOAD: Final = types.Bytes(types.uint8, 1, "C")
"""Python's own bytes, which cost less to hand over than an array of them."""

BUFFER: Final = types.Array(types.uint8, 1, "C")
"""What is written to."""

VECTOR: Final = types.Array(types.float64, 1, "A", readonly=True)
TABLE: Final = types.Array(types.float64, 2, "A", readonly=True)
WRITTEN_VECTOR: Final = types.Array(types.float64, 1, "A")
WRITTEN_TABLE: Final = types.Array(types.float64, 2, "A")
NUMBERS: Final = types.Array(types.float64, 1, "C")


_Function = Callable[..., Any]


def compiled(result: types.Type, *arguments: types.Type) -> Callable[[_Function], _Function]:
    """Decorator: compiles for these types on import, so that no tick waits for it, and keeps the code.

    Where no folder can be written to, such as in a read-only container, it is compiled each time.
    """
    signature = result(*arguments)

    def decorate(function: _Function) -> _Function:
        try:
            return numba.njit(signature, cache=True)(function)
        except RuntimeError:
            return numba.njit(signature)(function)

    return decorate
