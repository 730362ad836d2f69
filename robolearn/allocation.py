"""Memory that is freed in one step and asked for again in the next stays with the process."""

import ctypes
import platform
from typing import Final

_TRIM_THRESHOLD, _MAP_THRESHOLD = -1, -3
"""Parameters of `mallopt` (glibc, malloc.h)."""

_GREATEST: Final = 2**31 - 1


def keep_freed_memory() -> bool:
    """Let the C library keep what is freed, for the rest of the process; whether it can.

    glibc gives large blocks back to the system, and every page of the next one costs a fault: measured on two
    cores, half of the time of a gradient step whose arrays have 8 MB.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    options = (_MAP_THRESHOLD, _TRIM_THRESHOLD)
    return all([library.mallopt(option, _GREATEST) == 1 for option in options])
