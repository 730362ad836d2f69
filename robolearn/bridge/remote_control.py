"""Buttons of Unitree's remote control, as the robot passes them on in every LowState.

Two bytes of `wireless_remote`, little endian, one bit a button: `xKeySwitchUnion` of unitree_sdk2.
"""

from enum import IntFlag
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Button(IntFlag):
    """Those that mean something here."""

    L2 = 1 << 5
    B = 1 << 9


STOP: Final = Button.L2 | Button.B
"""Held together they brake the robot, as in Unitree's own deployment in C++."""

KEYS: Final = slice(2, 4)
"""Bytes that the buttons are in."""


def pressed(wireless_remote: NDArray[np.uint8]) -> Button:
    """Buttons that are down, of the 40 bytes that a LowState has."""
    return Button(int.from_bytes(wireless_remote[KEYS].tobytes(), "little") & STOP)
