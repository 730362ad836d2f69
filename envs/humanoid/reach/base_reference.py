"""Where the pelvis should be so that both hands can follow a trajectory: the teacher's privileged reference.

The published reference is part of the augmentation that moves hands and pelvis together (TrajBooster, A.5);
here it follows from the hands' trajectory, so that trajectories as they come have one, too.
"""

from typing import Final

import torch
from torch import Tensor

from envs.robots.g1.crouch import crouch_lean

SHOULDER_IN_PELVIS: Final = (0.0, 0.1406, 0.289)
"""Of the left arm's second joint with the waist at rest [m]. URDF."""

REACH: Final = 0.38
"""From shoulder to hand, comfortably [m]: the arm's greatest is 0.419, measured in the model."""

AHEAD: Final = (0.08, 0.30)
"""Where hands should be ahead of the shoulders [m]; chosen: off the trunk, within reach at most heights."""

ASIDE: Final = 0.12
"""How far hands may be from straight ahead of their shoulders, either way [m]; chosen."""

NOMINAL_AHEAD: Final = 0.22
"""Assumed where the height is chosen [m]: what is left of the reach is for up and down."""

LOWEST, HIGHEST = 0.32, 0.74
"""Of the pelvis [m] (TrajBooster, A.5)."""

SMOOTHING_SECONDS: Final = 1.0
"""Of the moving average over the reference; chosen."""


def base_reference(hand_position: Tensor, rate: float) -> Tensor:
    """Pelvis references (T, 3): x and y in the start frame, and height above the floor [m].

    hand_position: (T, 2, 3) in the start frame [m]; rate: [Hz]
    """
    height = _heights(hand_position)
    planar = _lazily(*_bounds(hand_position, height))
    window = max(1, round(SMOOTHING_SECONDS * rate))
    return _smoothed(torch.cat((planar, height[:, None]), 1), window)


def _heights(hands: Tensor) -> Tensor:
    """The highest pelvis (T,) from whose shoulders the lower hand is in reach, if the higher one stays so."""
    span = (REACH**2 - NOMINAL_AHEAD**2) ** 0.5
    grid = torch.linspace(LOWEST, HIGHEST, 43)
    shoulder = grid + SHOULDER_IN_PELVIS[2] * crouch_lean(grid).cos()
    low, high = hands[..., 2].amin(1), hands[..., 2].amax(1)
    below = (shoulder - low[:, None] - span).clamp(min=0.0)
    above = (high[:, None] - shoulder - span).clamp(min=0.0)
    # A little cost of crouching decides where several heights are in reach.
    cost = below.square() + above.square() + 1e-3 * (HIGHEST - grid)
    share = torch.softmax(-cost / 1e-5, dim=1)
    return (share * grid).sum(1)


def _bounds(hands: Tensor, height: Tensor) -> tuple[Tensor, Tensor]:
    """Least and greatest places (T, 2) of the pelvis that keep both hands in reach."""
    lean = crouch_lean(height)
    shoulder_x = SHOULDER_IN_PELVIS[2] * lean.sin()
    shoulder_z = height + SHOULDER_IN_PELVIS[2] * lean.cos()
    drop = hands[..., 2] - shoulder_z[:, None]
    farthest = (REACH**2 - drop.square()).clamp(min=AHEAD[0] ** 2).sqrt().clamp(max=AHEAD[1])
    forward = hands[..., 0] - shoulder_x[:, None]
    shoulder_y = hands.new_tensor((SHOULDER_IN_PELVIS[1], -SHOULDER_IN_PELVIS[1]))
    aside = hands[..., 1] - shoulder_y
    low = torch.stack(((forward - farthest).amax(1), (aside - ASIDE).amax(1)), 1)
    high = torch.stack(((forward - AHEAD[0]).amin(1), (aside + ASIDE).amin(1)), 1)
    # Where hands are too far apart for both, the middle serves them alike.
    middle, crossed = (low + high) / 2, low > high
    return torch.where(crossed, middle, low), torch.where(crossed, middle, high)


def _lazily(low: Tensor, high: Tensor) -> Tensor:
    """Places (T, 2) between bounds (T, 2) that begin at 0 and move only where they must."""
    place, places = low.new_zeros(2), []
    for least, greatest in zip(low, high, strict=True):
        place = torch.minimum(torch.maximum(place, least), greatest)
        places.append(place)
    return torch.stack(places)


def _smoothed(values: Tensor, window: int) -> Tensor:
    """Means (T, D) over `window` entries, half of them later ones, the ends held."""
    before = window // 2
    padded = torch.cat((values[:1].expand(before, -1), values, values[-1:].expand(window - 1 - before, -1)))
    return padded.unfold(0, window, 1).mean(-1)
