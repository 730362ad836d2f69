"""What geometry asks of legs that turn: the foot on the ground stays as it is while the pelvis turns.

Each leg turns to and fro once a gait period, the left one outermost to the left at half of the period.

The same for steps ahead did not help: feet that swing as far as the speed told, before the robot has it,
brake it.
"""

import math
from typing import Final

import torch
from torch import Tensor

from robolearn.policies.worker.command import GAIT_PERIOD

LEAD: Final = 0.1
"""By which targets are ahead [s]; measured: hips follow them 50 to 60 degrees of the gait's phase later."""

_WAY: Final = GAIT_PERIOD / 4.0
"""Of a leg to either side, per yaw rate [s]: it is on the ground for half of the period."""

GAIN: Final = 1.5
"""Of targets over that way; measured: told 1 rad/s, nominal robots turned at 0.65, 0.93 and 1.19 rad/s with
gains of 1, 1.4 and 1.8. Their hips follow by less than they are told."""


def leg_turns(yaw_rate: Tensor, clock: Tensor) -> Tensor:
    """How far hips turn their legs about the vertical, (N, 2) [rad], the left one first.

    yaw_rate: (N,) [rad/s]; clock: (N, 2) as `Gait.clock`
    """
    lead = 2.0 * math.pi * LEAD / GAIT_PERIOD
    cosine = math.cos(lead) * clock[:, 1] - math.sin(lead) * clock[:, 0]
    left = -GAIN * _WAY * yaw_rate * cosine
    return torch.stack((left, -left), 1)
