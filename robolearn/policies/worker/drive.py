"""What a policy that owns some of a robot's joints asks of whoever runs it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class VelocityLimits:
    """Commands that a policy was made for, in the heading frame [m/s, rad/s].

    backward: negative
    sideways, yaw_rate: both ways
    speed: of the planar velocity; commands beyond it keep their direction
    """

    backward: float
    forward: float
    sideways: float
    yaw_rate: float
    speed: float = float("inf")


@dataclass(frozen=True)
class Drive:
    """How a policy drives its joints; whoever runs it holds the others.

    stiffness, damping: of its joints' servos, by joint [N m/rad, N m s/rad]
    limits: of the velocities that it may be commanded
    within_limits: its targets are clamped to the joints' limits
    shaped: it is told velocities that `CommandShaper` has change steadily, not the commanded ones at once
    """

    stiffness: Mapping[str, float]
    damping: Mapping[str, float]
    limits: VelocityLimits
    within_limits: bool = True
    shaped: bool = False
