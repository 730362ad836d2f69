"""When a robot that is told to stand steps: before it topples, and until it stands."""

from typing import Final

import torch
from torch import Tensor

from robolearn.policies.worker.balancing import LEAST_HEIGHT

LEAN_HEIGHTS: Final = (0.60, 0.72)
FARTHEST_LEANS: Final = (0.075, 0.10)
"""Of the line from the middle of a standing robot's soles to its capture point [rad], at and below the first
height of its pelvis [m], and at and above the second; chosen: who squats topples sooner. Of 256 pushed robots
told to squat, stand and walk for 20 s, 10 % fell with 0.1 rad at every height and 7 % with 0.07, and those
told to stand at 0.74 m stepped 40 and 82 % of the time. Half an hour of training later 12 % fell with 0.1 rad
everywhere, 9 % with 0.07 below, and 38 % of the time was stepped with either."""

STOPPING_SHARE: Final = 0.8
"""Of that lean, within which a robot that steps comes to stand; chosen: without it, the true capture point
known, 128 robots told to squat and stand stopped at 0.66 m only to step again within three control steps, at
every second stop; 5.5 % of them fell in 12 s, with it 1.6 %."""

FARTHEST_TILT: Final = 0.3
"""Sine of the tilt, from the posture's, up to which a robot that steps comes to stand; chosen: steps rock a
robot by less."""


def farthest_lean(height: Tensor) -> Tensor:
    """Up to which a robot stands, (N,) [rad], at heights of the pelvis (N,) [m]."""
    (low, high), (least, most) = LEAN_HEIGHTS, FARTHEST_LEANS
    return least + (most - least) * ((height - low) / (high - low)).clamp(0.0, 1.0)


def step_request(capture_point: Tensor, height: Tensor, tilt: Tensor, stands: Tensor) -> Tensor:
    """(N,) of at least 1 or at most -1 where a robot must step; positive where the left foot shall be first.

    That is the foot on the side to which it topples.

    capture_point: (N, 2) from where it is, over the middle of the soles, as the robot moves as told [m]
    height: (N,) of the pelvis [m]
    tilt: (N, 2) of gravity in the pelvis, from the posture's; stands: (N,) bool, whether the gait clock rests
    """
    farthest = farthest_lean(height) * height.clamp(min=LEAST_HEIGHT)
    topples = torch.linalg.vector_norm(capture_point, dim=1) / farthest
    rocks = torch.linalg.vector_norm(tilt, dim=1) / FARTHEST_TILT
    size = torch.where(stands, topples, torch.maximum(topples / STOPPING_SHARE, rocks))
    return torch.where(capture_point[:, 1] < 0.0, -size, size)
