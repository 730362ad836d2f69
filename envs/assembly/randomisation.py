"""Start layouts of one_leg at the three published randomness levels.

FurnitureSim throws each part by a random push; only pictures of the resulting spread are published.
These ranges reproduce that spread by sampling poses directly, without overlap (about +-2.5 cm and 15
degrees of the top at low, 7 cm and 30 degrees at med). Obstacle shift and joint noise are as published.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from envs.assembly import workspace
from envs.assembly.furniture import square_table
from robolearn.errors import unknown_name

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RandomnessLevel:
    """Half-widths of uniform ranges.

    top_shift, leg_shift, obstacle_shift: x and y [m]
    top_yaw, leg_yaw: about the vertical [rad]
    joint_noise: each arm joint [rad]
    push_force, push_torque: limits of a disturbance's random push [N, N m] before the parts' multipliers
    """

    top_shift: float
    top_yaw: float
    leg_shift: float
    leg_yaw: float
    obstacle_shift: float
    joint_noise: float
    push_force: float
    push_torque: float


LEVELS: Final = {
    "low": RandomnessLevel(
        0.025, math.radians(15), 0.01, math.radians(10), 0.02, math.radians(5), 0.2, 0.007
    ),
    "med": RandomnessLevel(
        0.07, math.radians(30), 0.02, math.radians(30), 0.04, math.radians(10), 0.5, 0.010
    ),
    "high": RandomnessLevel(
        0.09, math.radians(45), 0.04, math.radians(45), 0.06, math.radians(13), 0.75, 0.015
    ),
}

TOP_NOMINAL: Final = (0.5415, 0.0)
LEG_NOMINALS: Final = ((0.3715, -0.20), (0.3715, -0.12), (0.3715, 0.12), (0.3715, 0.20))
"""Nominal x and y of the parts in the robot frame [m]; legs lie along +x. FurnitureSim."""

_LEG_FOOTPRINT = ((-0.05625, 0.03125), (-0.015, 0.015))
_MARGIN = 0.004
_ATTEMPTS = 64
_REACH_X = (0.28, 0.70)
_REACH_Y = (-0.32, 0.32)


@dataclass
class Layout:
    """One episode's start.

    top, legs: x, y [m] and yaw [rad] of the top (3,) and the four legs (4, 3) in the robot frame
    obstacle: shift in x and y (2,) [m]
    joint_noise: candidates for the arm's joint noise (A, 7) [rad], the first without a collision counts
    """

    top: Array
    legs: Array
    obstacle: Array
    joint_noise: Array


def level_named(name: str) -> RandomnessLevel:
    """The level called `name`. Raises UserError for another name."""
    if name not in LEVELS:
        raise unknown_name("randomness", name, LEVELS)
    return LEVELS[name]


def sample_layout(level: RandomnessLevel, generator: np.random.Generator) -> Layout:
    """Draw one start: obstacle, then top, then legs, each clear of what is already there.

    Everything is drawn again where a part finds no place, as one leg in a hundred does at high.
    """
    while (layout := _attempt_layout(level, generator)) is None:
        pass
    return layout


def _attempt_layout(level: RandomnessLevel, generator: np.random.Generator) -> Layout | None:
    obstacle = generator.uniform(-level.obstacle_shift, level.obstacle_shift, 2)
    placed = _obstacle_footprints(obstacle)
    half = square_table.TOP_HALF_WIDTH
    top_footprint = ((-half, half), (-half, half))
    top = _place(TOP_NOMINAL, level.top_shift, level.top_yaw, top_footprint, placed, generator)
    if top is None:
        return None
    legs = []
    for nominal in LEG_NOMINALS:
        leg = _place(nominal, level.leg_shift, level.leg_yaw, _LEG_FOOTPRINT, placed, generator)
        if leg is None:
            return None
        legs.append(leg)
    noise = generator.uniform(-level.joint_noise, level.joint_noise, (_ATTEMPTS, 7))
    return Layout(top=top, legs=np.stack(legs), obstacle=obstacle, joint_noise=noise)


def _obstacle_footprints(shift: Array) -> list[Array]:
    origin = np.array(workspace.OBSTACLE_POSITION[:2]) + shift
    return [
        _corners(np.array((*(origin + center[:2]), 0.0)), ((-half[0], half[0]), (-half[1], half[1])))
        for center, half in workspace.OBSTACLE_WALLS.values()
    ]


def _place(
    nominal: tuple[float, float],
    shift: float,
    yaw: float,
    footprint: tuple[tuple[float, float], tuple[float, float]],
    placed: list[Array],
    generator: np.random.Generator,
) -> Array | None:
    """The first of some candidates that is in reach and overlaps nothing, or None."""
    scale = np.array((shift, shift, yaw))
    candidates = np.array((*nominal, 0.0)) + scale * generator.uniform(-1, 1, (_ATTEMPTS, 3))
    for pose in candidates:
        corners = _corners(pose, footprint)
        if _in_reach(corners) and not any(_overlap(corners, other) for other in placed):
            placed.append(corners)
            return pose
    return None


def _corners(pose: Array, footprint: tuple[tuple[float, float], tuple[float, float]]) -> Array:
    (left, right), (back, front) = footprint
    local = np.array(((left, back), (right, back), (right, front), (left, front)))
    cosine, sine = math.cos(pose[2]), math.sin(pose[2])
    return local @ np.array(((cosine, sine), (-sine, cosine))) + pose[:2]


def _in_reach(corners: Array) -> bool:
    inside_x = (corners[:, 0] > _REACH_X[0]) & (corners[:, 0] < _REACH_X[1])
    inside_y = (corners[:, 1] > _REACH_Y[0]) & (corners[:, 1] < _REACH_Y[1])
    return bool((inside_x & inside_y).all())


def _overlap(first: Array, second: Array) -> bool:
    """Separating-axis test of two rectangles, grown by the margin."""
    for corners in (first, second):
        for edge in (corners[1] - corners[0], corners[3] - corners[0]):
            axis = edge / np.hypot(*edge)
            a, b = first @ axis, second @ axis
            if a.min() > b.max() + _MARGIN or b.min() > a.max() + _MARGIN:
                return False
    return True
