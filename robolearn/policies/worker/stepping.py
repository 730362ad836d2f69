"""When a robot that is told to stand steps: before it topples, and until it stands."""

from typing import Final

import torch
from torch import Tensor

from robolearn.policies.worker.balancing import LEAST_HEIGHT

FARTHEST_LEAN: Final = 0.1
"""Of the line from the middle of a standing robot's soles to its capture point [rad]; chosen: 7.5 cm at
0.74 m, and less where a robot is lower and topples sooner. Of 192 randomised robots told to squat, stand and
walk for 12 s, 2 % fell with steps from 6.5 cm on at every height, 8 % from 8 cm and 19 % from 10 cm, mostly
while they squatted; those told to stand at 0.74 m stepped 79, 60 and 43 % of the time. With 0.135 rad, which
is 10 cm at 0.74 m, 7 % fell and they stepped 41 %."""

STOPPING_SHARE: Final = 0.8
"""Of that lean, within which a robot that steps comes to stand; chosen: without it, the true capture point
known, 128 robots told to squat and stand stopped at 0.66 m only to step again within three control steps, at
every second stop; 5.5 % of them fell in 12 s, with it 1.6 %."""

FARTHEST_TILT: Final = 0.3
"""Sine of the tilt, from the posture's, up to which a robot that steps comes to stand; chosen: steps rock a
robot by less."""


def step_request(capture_point: Tensor, height: Tensor, tilt: Tensor, stands: Tensor) -> Tensor:
    """(N,) from 1 on where a robot must step.

    capture_point: (N, 2) from the middle of the soles [m]; height: (N,) of the pelvis [m]
    tilt: (N, 2) of gravity in the pelvis, from the posture's; stands: (N,) bool, whether the gait clock rests
    """
    topples = torch.linalg.vector_norm(capture_point, dim=1) / (
        FARTHEST_LEAN * height.clamp(min=LEAST_HEIGHT)
    )
    rocks = torch.linalg.vector_norm(tilt, dim=1) / FARTHEST_TILT
    return torch.where(stands, topples, torch.maximum(topples / STOPPING_SHARE, rocks))
