"""Shoves of the demonstrator's hand, so that demonstrations show how it finds back (DART, arXiv 1703.09327).

Without them a clone of the expert has never seen a leg that is a few millimetres beside its hole.
"""

import math
from typing import Final

import numpy as np
import torch
from torch import Tensor

from robolearn.rotations import (
    matrix_from_quaternion,
    matrix_from_sixd,
    product,
    quaternion_from_axis_angle,
    sixd_from_matrix,
)

PROBABILITY: Final = 0.1
"""Of a shove to begin at a control step; chosen, as are its length and sizes."""

STEPS: Final = 3
"""Control steps that a shove lasts: one and a half times the lag of the arm's drives."""

POSITION_DEVIATION: Final = 5e-3
ROTATION_DEVIATION: Final = math.radians(2.5)
"""Standard deviations of a shove, per axis [m, rad]: a clone strays by as much, and open fingers allow it."""


def sample_shoves(steps: int, generator: np.random.Generator) -> Tensor:
    """Displacements of the commanded pose, (steps, 6) float32: position [m], rotation vector [rad]."""
    begins = generator.random(steps) < PROBABILITY
    scale = np.repeat((POSITION_DEVIATION, ROTATION_DEVIATION), 3)
    sizes = scale * generator.standard_normal((steps, 6))
    latest = np.maximum.accumulate(np.where(begins, np.arange(steps), -STEPS))
    lasting = np.arange(steps) - latest < STEPS
    return torch.from_numpy((sizes[latest] * lasting[:, None]).astype(np.float32))


def shoved(action: Tensor, shove: Tensor) -> Tensor:
    """Actions (N, 10), as in `envs.assembly.observation`, displaced by shoves (N, 6)."""
    turn = matrix_from_quaternion(quaternion_from_axis_angle(shove[:, 3:]))
    rotation = product(turn, matrix_from_sixd(action[:, 3:9]))
    return torch.cat((action[:, :3] + shove[:, :3], sixd_from_matrix(rotation), action[:, 9:]), -1)
