"""Walks that carry a trajectory along, so that a manager learns to follow hands that leave.

The published walk (TrajBooster, A.5) has no heading and is multiplied by zero in the released code. This one
turns as well, and stands while the pelvis is low.
"""

from typing import Final

import torch
from torch import Tensor

from envs.humanoid.streams import Stream
from robolearn.counter_random import uniform

KNOT_SECONDS: Final = 2.5
"""Between two draws of the velocity; chosen."""

FASTEST: Final = ((-0.2, 0.4), (-0.15, 0.15), (-0.35, 0.35))
"""Ranges of forward and sideways velocity and of the yaw rate in the heading frame [m/s, rad/s]; chosen."""

WALKING: Final = 0.6
"""Share of the knots at which it walks; chosen."""

WALKING_HEIGHT: Final = (0.60, 0.68)
"""Below the first it stands, from the second on it walks as drawn [m]: workers walk from 0.58 m on."""


def walk_path(seed: int, height: Tensor, begin: int, rate: float) -> Tensor:
    """Paths (T, 3): x, y [m] and heading [rad] in the start frame.

    height: (T,) of the pelvis [m]; begin: frames at the start without walking; rate: [Hz]
    """
    frames = len(height)
    knots = round(frames / rate / KNOT_SECONDS) + 2
    shares = uniform(torch.tensor([seed]), Stream.WALK_KNOTS, 0, 4 * knots).view(knots, 4)
    low, high = torch.tensor(FASTEST).unbind(1)
    velocity = torch.lerp(low.expand(knots, 3), high.expand(knots, 3), shares[:, :3])
    velocity = velocity * (shares[:, 3:] < WALKING)
    place = (torch.arange(frames) - begin).clamp(min=0) / (rate * KNOT_SECONDS)
    left = place.floor().long().clamp(max=knots - 2)
    share = _eased(place - left)[:, None]
    now = torch.lerp(velocity[left], velocity[left + 1], share)
    low_height, free_height = WALKING_HEIGHT
    now = now * _eased((height - low_height) / (free_height - low_height))[:, None]
    now = now * _eased((torch.arange(frames) - begin) / rate)[:, None]
    return _integrated(now, 1.0 / rate)


def is_walk(seeds: Tensor, share: float) -> Tensor:
    """(N,) bool: whether the trajectories of episodes `seeds` are carried along."""
    return uniform(seeds, Stream.WALK, 0, 1)[:, 0] < share


def _eased(share: Tensor) -> Tensor:
    """From 0 to 1 without a corner (smoothstep)."""
    share = share.clamp(0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def _integrated(velocity: Tensor, period: float) -> Tensor:
    """Paths (T, 3) of velocities (T, 3) in the heading frame."""
    yaw = (velocity[:, 2] * period).cumsum(0)
    cosine, sine = yaw.cos(), yaw.sin()
    x = (cosine * velocity[:, 0] - sine * velocity[:, 1]) * period
    y = (sine * velocity[:, 0] + cosine * velocity[:, 1]) * period
    return torch.stack((x.cumsum(0), y.cumsum(0), yaw), 1)
