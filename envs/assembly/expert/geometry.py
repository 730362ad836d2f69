"""Where the expert puts the hand, relative to the parts. Lengths in metres, angles in radians."""

import math
from typing import Final

import torch
from torch import Tensor

from envs.assembly.furniture import square_table

GRASP_PITCH: Final = math.radians(36)
"""Lean of the hand over a lying leg, so that the leg stands upright with the hand 54 degrees from vertical.
The published expert's tilt."""

GRASP_ALONG_LEG: Final = 0.012
"""Grasped point on a lying leg, from the leg's origin towards its free end."""

SCREW_GRIP_BELOW_END: Final = 0.012
"""Fingertips' depth below the leg's free end while screwing."""

CARRY_HEIGHT: Final = 0.13
"""Height of the leg's origin while it is carried."""

APPROACH: Final = 0.05
"""Distance kept before a grasp and after a release."""

TIP_CLEARANCE: Final = 0.010
"""Height of the leg's tip over the hole's mouth before it is inserted."""

INSERT_PRESS: Final = 0.004
"""How far below the thread's start the insertion aims."""

SCREW_PRESS: Final = 0.005
"""How far below the leg the turning hand aims. The published expert's 5 mm."""

BOSS_GRIP_HEIGHT: Final = 0.022
"""Fingertips' height above the table when they hold the top by a boss."""

TURN_END: Final = math.radians(-95)
"""Hand yaw at the end of a stroke. The published expert's."""

TURN_START_MAX: Final = math.radians(125)
"""Largest hand yaw at which a stroke may begin: the Panda's seventh joint allows 200 degrees."""

YAW_BRANCH: Final = math.radians(-130)
"""Hand yaws are told apart in [branch, branch + 360 degrees), the range of the seventh joint."""

GRASPED_BOSS: Final = (-square_table.HOLE_OFFSET, square_table.HOLE_OFFSET)
"""x and z, in the top's frame, of the boss that the hand holds and whose hole takes the leg: the one
nearest to the robot and away from the corner."""

CORNER_SIDE: Final = 1.0
"""The top goes into the obstacle's corner at positive y, nearer to the threaded leg."""


def hand_down(yaw: Tensor) -> Tensor:
    """(N, 3, 3), the hand pointing down, its x axis at `yaw` (N,) from the robot's x axis."""
    cosine, sine, zero, one = torch.cos(yaw), torch.sin(yaw), torch.zeros_like(yaw), torch.ones_like(yaw)
    rows = (cosine, sine, zero, sine, -cosine, zero, zero, zero, -one)
    return torch.stack(rows, -1).unflatten(-1, (3, 3))


def leaning_grasp() -> Tensor:
    """(3, 3), the hand's axes in the frame of a lying leg whose z axis is up: fingers across x."""
    sine, cosine = math.sin(GRASP_PITCH), math.cos(GRASP_PITCH)
    columns = ((0.0, cosine, -sine), (1.0, 0.0, 0.0), (0.0, -sine, -cosine))
    return torch.tensor(columns, dtype=torch.float64).T


def quarter_turns_about_y() -> Tensor:
    """(4, 3, 3), rotations about y by 0, 90, 180 and 270 degrees: a square leg's symmetries."""
    angles = torch.arange(4, dtype=torch.float64) * math.pi / 2
    cosine, sine = torch.cos(angles).round(), torch.sin(angles).round()
    zero, one = torch.zeros_like(angles), torch.ones_like(angles)
    rows = (cosine, zero, sine, zero, one, zero, -sine, zero, cosine)
    return torch.stack(rows, -1).unflatten(-1, (3, 3))


def wrapped(angle: Tensor, branch: float = -math.pi) -> Tensor:
    """Angles moved into [branch, branch + 2 pi)."""
    return torch.remainder(angle - branch, 2 * math.pi) + branch
