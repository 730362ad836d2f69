"""Unitree's checksum: CRC-32/MPEG-2 over little-endian words, each from its highest bit on."""

from typing import Final

import numpy as np
from numba import types
from numpy.typing import NDArray

from robolearn.bridge.compiled import compiled

_POLYNOMIAL: Final = 0x04C11DB7


def _tables() -> NDArray[np.uint32]:
    """(4, 256): what a byte leaves in the register that none, one, two or three of its word follow."""
    register = np.arange(256, dtype=np.uint32) << np.uint32(24)
    tables = []
    for _ in range(4):
        for _ in range(8):
            carry = register >> np.uint32(31)
            register = (register << np.uint32(1)) ^ carry * np.uint32(_POLYNOMIAL)
        tables.append(register)
    return np.stack(tables)


_TABLES: Final = _tables()


@compiled(types.uint32, types.Array(types.uint32, 1, "C", readonly=True))
def checksum_of(words: NDArray[np.uint32]) -> np.uint32:
    """Of all words, (N,)."""
    register = np.uint32(0xFFFFFFFF)
    for word in words:
        register ^= word
        register = (
            _TABLES[3, register >> np.uint32(24)]
            ^ _TABLES[2, (register >> np.uint32(16)) & np.uint32(255)]
            ^ _TABLES[1, (register >> np.uint32(8)) & np.uint32(255)]
            ^ _TABLES[0, register & np.uint32(255)]
        )
    return register
