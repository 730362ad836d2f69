"""Where the expert puts the hand, relative to the parts. Lengths in metres, angles in radians."""

import math
from typing import Final

import torch
from torch import Tensor

from envs.assembly.furniture import square_table

GRASP_PITCH: Final = math.radians(55)
"""Lean of the hand over a lying leg, so that the leg stands upright with the hand 35 degrees from vertical.
The published expert's 36 degrees would end beyond this Panda's sixth joint."""

GRASP_ALONG_LEG: Final = 0.012
"""Grasped point on a lying leg, from the leg's origin towards its free end."""

SCREW_GRIP_BELOW_END: Final = 0.012
"""Fingertips' depth below the leg's free end while screwing."""

TRAVEL_HEIGHT: Final = 0.12
"""Height of the hand while it travels over the parts."""

CARRY_HEIGHT: Final = 0.13
"""Height of the leg's origin while it is carried."""

APPROACH: Final = 0.05
"""Distance kept before a grasp and after a release."""

WITHDRAWAL: Final = 0.07
"""Way back along its own axis that takes the open hand off the standing leg."""

TIP_CLEARANCE: Final = 0.010
"""Height of the leg's tip over the hole's mouth before it is inserted."""

INSERT_TOLERANCE: Final = 0.0025
"""Distance of the leg from the hole's axis up to which it is lowered."""

INSIDE_DEPTH: Final = 0.003
"""Depth of the tip below the hole's mouth at which the hole itself guides the leg."""

INSERT_PRESS: Final = 0.004
"""How far below the thread's start the insertion aims."""

SCREW_PRESS: Final = 0.005
"""How far below the leg the turning hand aims. The published expert's 5 mm."""

FLUSH_TOLERANCE: Final = 0.003
"""Gap between the top and each wall of the corner at which the push ends."""

STANDING_TOLERANCE: Final = 0.001
"""Height over the thread's start at which the leg stands on it."""

CORNER_PRESS: Final = 0.005
"""How far into the obstacle's walls the push aims. The published expert's noise on that target."""

BOSS_GRIP_HEIGHT: Final = 0.022
"""Fingertips' height above the table when they hold the top by a boss."""

TURN_END: Final = math.radians(-100)
"""Hand yaw at the end of a stroke. The published expert's is -95 degrees."""

TURN_START_MAX: Final = math.radians(175)
"""Largest hand yaw at which a stroke may begin: the Panda's seventh joint allows about 210 degrees."""

YAW_BRANCH: Final = math.radians(-140)
"""Hand yaws are told apart in [branch, branch + 360 degrees), the range of the seventh joint."""

YAW_LEAD: Final = 1.5
"""Largest turn asked for at once: under half a turn, so that there is no shorter way round."""

_BOSS_CENTER = (square_table.BOSS_INNER + square_table.TOP_HALF_WIDTH) / 2
GRASPED_BOSS: Final = (-_BOSS_CENTER, _BOSS_CENTER)
"""x and z, in the top's frame, of the boss that the hand holds: near the robot, away from the corner."""

HOLE: Final = (square_table.HOLE_OFFSET, square_table.HOLE_OFFSET)
"""x and z, in the top's frame, of the hole that takes the leg: far from the robot, so that the hand can lean
forward over it, away from the corner, whose walls then hold the top against the turning."""

FLUSH_TOP: Final = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0))
"""Rotation of the top in the obstacle's corner, holes up, in the robot frame."""

UPRIGHT_GRASP: Final = ((0.0, 0.0, -1.0), (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
"""Rotation of the grasped face's frame when the leg stands upright, the hand between it and the robot."""


def matrix(rows: tuple[tuple[float, float, float], ...]) -> Tensor:
    """(3, 3) float64 from rows."""
    return torch.tensor(rows, dtype=torch.float64)


def hand_down(yaw: Tensor) -> Tensor:
    """(N, 3, 3), the hand pointing down, its x axis at `yaw` (N,) from the robot's x axis."""
    cosine, sine, zero, one = torch.cos(yaw), torch.sin(yaw), torch.zeros_like(yaw), torch.ones_like(yaw)
    rows = (cosine, sine, zero, sine, -cosine, zero, zero, zero, -one)
    return torch.stack(rows, -1).unflatten(-1, (3, 3))


def leaning_grasp() -> Tensor:
    """(3, 3), the hand's axes in the frame of a lying leg whose z axis is up: fingers across x."""
    sine, cosine = math.sin(GRASP_PITCH), math.cos(GRASP_PITCH)
    return matrix(((0.0, 1.0, 0.0), (cosine, 0.0, -sine), (-sine, 0.0, -cosine)))


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
