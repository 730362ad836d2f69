"""Random pushes on the parts during an episode, the "w/" condition of the published tests.

Each control step, each part is pushed with probability 1 % by a random horizontal force and a torque about
the vertical, for one 1/60 s call of the published simulator.
"""

import math
from typing import Final

import numpy as np
import torch
from torch import Tensor

from envs.assembly.randomisation import RandomnessLevel

PROBABILITY: Final = 0.01
PUSH_SECONDS: Final = 1 / 60
TOP_MULTIPLIERS: Final = (25.0, 70.0)
LEG_MULTIPLIERS: Final = (1.0, 1.0)
"""Multipliers of force and torque for the table top and for a leg."""


def sample_pushes(level: RandomnessLevel, steps: int, parts: int, generator: np.random.Generator) -> Tensor:
    """Wrenches (steps, parts, 6) float32 of one episode; the first part is the table top."""
    shape = (steps, parts)
    happens = generator.random(shape) < PROBABILITY
    multipliers = np.array([TOP_MULTIPLIERS, *[LEG_MULTIPLIERS] * (parts - 1)])
    force = generator.uniform(0, level.push_force, shape) * multipliers[:, 0] * happens
    direction = generator.uniform(-math.pi, math.pi, shape)
    torque = generator.uniform(-level.push_torque, level.push_torque, shape) * multipliers[:, 1] * happens
    wrench = np.zeros((*shape, 6), dtype=np.float32)
    wrench[..., 0] = force * np.cos(direction)
    wrench[..., 1] = force * np.sin(direction)
    wrench[..., 5] = torque
    return torch.from_numpy(wrench)
