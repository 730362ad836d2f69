"""Where the wheeled robot's hands work, and how they are held. Frames as in `HandTrajectory`.

The published trajectories of AgiBot World lie mostly 0.2 to 1.2 m above the ground (TrajBooster); all other
bounds are chosen, so that two arms on one body can be where the hands are.
"""

from dataclasses import dataclass, replace
from typing import Final

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.trajectory import LEFT

NEAREST, FARTHEST = 0.26, 0.75
"""Ahead of the body [m]: nearer than that is the body itself."""

INNERMOST, OUTERMOST = 0.09, 0.40
"""To a hand's own side [m]. Hands never cross: they stay twice the inner bound apart."""

BOTTOM, TOP = 0.20, 1.20
"""Above the ground [m]."""

TOGETHER: Final = 0.30
"""How far ahead of, behind, above or below a working hand the other one may be [m]: the trunk goes along."""

IDLE_OUTERMOST: Final = 0.30
"""To the side of a hand that does not work [m]; with `TOGETHER`, hands stay within 0.9 m of each other."""


@dataclass(frozen=True)
class Level:
    """A height in a household, where things are.

    name: as in "on the ..."
    low, high: of the hand that grasps there [m]
    from_above: hands come from above with the fingers down, or else from the front
    """

    name: str
    low: float
    high: float
    from_above: bool


FLOOR: Final = Level("floor", 0.20, 0.34, from_above=True)
LOW_SHELF: Final = Level("lower shelf", 0.36, 0.62, from_above=False)
TABLE: Final = Level("table", 0.60, 0.90, from_above=True)
SHELF: Final = Level("shelf", 0.94, 1.16, from_above=False)
LEVELS: Final = (FLOOR, LOW_SHELF, TABLE, SHELF)


@dataclass(frozen=True)
class HandPose:
    """Where a flange is and how it is turned: fingers along its x, to the front when nothing is turned.

    x, y, z: [m]
    roll, pitch, yaw: [rad], positive pitch points the fingers down
    """

    x: float
    y: float
    z: float
    roll: float = 0.0
    pitch: float = 0.0
    yaw: float = 0.0

    def shifted(self, ahead: float = 0.0, left: float = 0.0, up: float = 0.0) -> "HandPose":
        """The same orientation elsewhere [m], within the workspace ahead and above."""
        x = min(max(self.x + ahead, NEAREST), FARTHEST)
        return replace(self, x=x, y=self.y + left, z=min(max(self.z + up, BOTTOM), TOP))

    def turned(self, roll: float = 0.0, pitch: float = 0.0, yaw: float = 0.0) -> "HandPose":
        """The same place with other angles, each of them more by so much [rad]."""
        return replace(self, roll=self.roll + roll, pitch=self.pitch + pitch, yaw=self.yaw + yaw)


def side(hand: int) -> int:
    """The sign of y on the hand's own side."""
    return 1 if hand == LEFT else -1


def rest_pose(draw: Draw, hand: int) -> HandPose:
    """Where a hand waits, before the body at about the height of the hips."""
    return HandPose(
        x=draw.between(0.32, 0.42),
        y=side(hand) * draw.between(0.18, 0.28),
        z=draw.between(0.62, 0.98),
        pitch=draw.between(0.0, 0.5),
        yaw=-side(hand) * draw.between(0.0, 0.3),
    )


def grasp_pose(draw: Draw, hand: int, level: Level) -> HandPose:
    """A hand around something at the level."""
    pitch = draw.between(0.9, 1.4) if level.from_above else draw.between(-0.1, 0.35)
    return HandPose(
        x=draw.between(0.42, 0.70),
        y=side(hand) * draw.between(0.10, 0.38),
        z=draw.between(level.low, level.high),
        roll=side(hand) * draw.between(-0.3, 0.3),
        pitch=pitch,
        yaw=draw.between(-0.4, 0.4),
    )


def approach(pose: HandPose, level: Level, distance: float) -> HandPose:
    """Where a hand is `distance` [m] before it grasps, or after it let go."""
    return pose.shifted(up=distance) if level.from_above else pose.shifted(ahead=-distance, up=0.02)


def companion(idle: HandPose, working: HandPose, hand: int) -> HandPose:
    """Where the idle `hand` goes along to, so that the hands stay within the span of the arms."""
    x = min(max(idle.x, working.x - TOGETHER, NEAREST), working.x + TOGETHER)
    z = min(max(idle.z, working.z - TOGETHER, BOTTOM), working.z + TOGETHER)
    return replace(idle, x=x, y=side(hand) * min(abs(idle.y), IDLE_OUTERMOST), z=z)
