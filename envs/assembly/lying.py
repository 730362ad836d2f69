"""How the parts of one_leg lie on the table."""

import math
from typing import Final

import torch

from envs.assembly.scene import LEGS

_HALF = math.sqrt(0.5)
_TOP, _LEG = (_HALF, _HALF, 0.0, 0.0), (_HALF, 0.0, 0.0, -_HALF)

LYING: Final = torch.tensor((_TOP, *[_LEG] * len(LEGS)), dtype=torch.float64)
"""(5, 4) quaternions of PARTS at yaw zero, w first: the top with its holes up, the legs along +x."""
