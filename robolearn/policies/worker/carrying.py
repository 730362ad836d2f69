"""What a leg carries: half of the robot while it stands, all or nothing in turn while it steps."""

from typing import Final

import torch
from torch import Tensor

SINGLE_SUPPORT_ROLL: Final = 0.3
"""By which the hip of the only leg on the ground is turned outwards [rad]; chosen: half of the distance
between the feet, 0.09 m, times the weight beyond that leg, 33 kg, is 29 N m, at a servo of 99 N m/rad.
Without it the pelvis sinks on the other side until the lifted foot touches the floor."""

_STEEPNESS: Final = 3.0
"""The load has changed after a ninth of a step; chosen."""


def leg_loads(sine: Tensor) -> Tensor:
    """Loads (N, 2) of the left and the right leg, in halves of the weight. sine: (N,) of the gait's phase."""
    shift = (_STEEPNESS * sine).clamp(-1.0, 1.0)
    return torch.stack((1.0 - shift, 1.0 + shift), 1)


def carrying_turns(loads: Tensor) -> Tensor:
    """How far hips turn their legs about the forward axis for loads (N, 2): (N, 2) [rad]."""
    more = (loads - 1.0).clamp(min=0.0)
    return SINGLE_SUPPORT_ROLL * torch.stack((more[:, 0], -more[:, 1]), 1)
