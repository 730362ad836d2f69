"""When a leg counts as assembled, how far an episode has come, and when it is lost."""

from typing import Final

import torch
from torch import Tensor

from envs.assembly.furniture import square_table

POSITION_TOLERANCE: Final = 5e-3
"""Largest distance from the assembled position along each axis [m]. FurnitureSim."""

AXIS_COSINE_TOLERANCE: Final = 0.94
"""Smallest cosine between each axis and its assembled direction, about 20 degrees. FurnitureSim."""

PHASES: Final = ("start", "leg_lifted", "leg_in_hole", "thread_engaged", "assembled")

LIFTED_HEIGHT: Final = 0.05
"""Height of the leg's origin above the table [m] from which it counts as lifted."""

REACH: Final = 1.0
"""Distance from the robot's base along the table [m] beyond which no part comes back. The arm's is 0.855."""

_SEATS = torch.tensor(
    [(x, square_table.ASSEMBLED_LEG_Y, z) for x, z in square_table.HOLES], dtype=torch.float64
)
_HOLE_DEPTH = square_table.TOP_MOUTH_Y - square_table.HOLE_FLOOR_Y
_COAXIAL = 2e-3


def is_assembled(leg_in_top: Tensor, rotation_in_top: Tensor) -> Tensor:
    """(N,) bool, the leg sits in one of the holes, turned as it should be.

    leg_in_top: (N, 3) positions [m]; rotation_in_top: (N, 4) quaternions, w first
    """
    offset = (leg_in_top[:, None] - _SEATS).abs()
    placed = (offset <= POSITION_TOLERANCE).all(-1).any(-1)
    _, x, y, z = rotation_in_top.unbind(-1)
    squares = torch.stack((y * y + z * z, x * x + z * z, x * x + y * y), -1)
    aligned = (1 - 2 * squares >= AXIS_COSINE_TOLERANCE).all(-1)
    return placed & aligned


def is_lost(position: Tensor) -> Tensor:
    """(N,) bool, a part is out of the arm's reach for good; position: (N, P, 3) in the robot frame [m]."""
    return (position[..., :2].norm(dim=-1) > REACH).any(-1)


def phase_reached(leg_height: Tensor, leg_in_top: Tensor, engaged: Tensor, assembled: Tensor) -> Tensor:
    """(N,) int64, index into PHASES of what the present state shows.

    leg_height: (N,) above the table [m]; leg_in_top: (N, 3) [m]; engaged, assembled: (N,) bool
    """
    offset = leg_in_top[:, None] - _SEATS
    coaxial = offset[..., (0, 2)].norm(dim=-1) < _COAXIAL
    in_hole = (coaxial & (offset[..., 1] < _HOLE_DEPTH)).any(-1)
    phase = torch.zeros(len(leg_height), dtype=torch.int64)
    for index, reached in enumerate((leg_height > LIFTED_HEIGHT, in_hole, engaged, assembled), start=1):
        phase[reached] = index
    return phase
