"""A growing list of way points of both hands, with the time that people take between them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.generator.workspace import HandPose, companion, rest_pose
from robolearn.retarget.trajectory import LEFT, RIGHT

SLOWEST, FASTEST = 0.20, 0.42
"""Mean speeds of hands from one way point to the next [m/s]; the peak is 1.875 times that."""

_TURNING: Final = 1.1
"""Mean rate at which hands turn [rad/s]."""

_SHORTEST: Final = 0.6
"""No movement takes less [s]: it would jerk."""

_GRIPPING: Final = 0.6
"""Time that a gripper takes to open or close [s]."""


@dataclass(frozen=True)
class WayPoint:
    """Where both hands stop.

    hands: their poses, left then right
    closed: their grippers, 0 open to 1 closed
    seconds: time to get there from the way point before [s]
    lifts: how far each hand is above the straight line half way there [m]
    """

    hands: tuple[HandPose, HandPose]
    closed: tuple[float, float]
    seconds: float
    lifts: tuple[float, float] = (0.0, 0.0)


class Plan:
    """The way points of an episode; hands start at rest before the body, open.

    draw: the episode's choices
    """

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._speed = draw.between(SLOWEST, FASTEST)
        rest = (rest_pose(draw, LEFT), rest_pose(draw, RIGHT))
        self.points = [WayPoint(rest, (0.0, 0.0), 0.0)]

    @property
    def seconds(self) -> float:
        """How long the way points take so far [s]."""
        return sum(point.seconds for point in self.points)

    def pose(self, hand: int) -> HandPose:
        """Where a hand is after the last way point."""
        return self.points[-1].hands[hand]

    def move(self, hand: int, pose: HandPose, lift: float = 0.0) -> None:
        """Bring one hand to a pose; the other goes along as far as arms on one body ask for."""
        other = companion(self.pose(1 - hand), pose, 1 - hand)
        lifts = (lift, 0.0) if hand == LEFT else (0.0, lift)
        self._go((pose, other) if hand == LEFT else (other, pose), lifts)

    def move_both(self, left: HandPose, right: HandPose) -> None:
        """Bring both hands to poses at the same time."""
        self._go((left, right), (0.0, 0.0))

    def grip(self, hands: Sequence[int], closed: float) -> None:
        """Close or open grippers, with the hands still."""
        last = self.points[-1]
        left, right = (closed if hand in hands else last.closed[hand] for hand in (LEFT, RIGHT))
        self.points.append(WayPoint(last.hands, (left, right), _GRIPPING))

    def wait(self, shortest: float, longest: float) -> None:
        """Stay for a while [s]."""
        last = self.points[-1]
        self.points.append(WayPoint(last.hands, last.closed, self._draw.between(shortest, longest)))

    def rest(self) -> None:
        """Bring both hands back to where they wait."""
        self.move_both(rest_pose(self._draw, LEFT), rest_pose(self._draw, RIGHT))

    def _go(self, hands: tuple[HandPose, HandPose], lifts: tuple[float, float]) -> None:
        ways = zip(self.points[-1].hands, hands, lifts, strict=True)
        needed = max(_needed(start, end, lift, self._speed) for start, end, lift in ways)
        seconds = max(needed * self._draw.between(0.9, 1.25), _SHORTEST)
        self.points.append(WayPoint(hands, self.points[-1].closed, seconds, lifts))


def _needed(start: HandPose, end: HandPose, lift: float, speed: float) -> float:
    """Time from pose to pose [s]."""
    way = math.dist((start.x, start.y, start.z), (end.x, end.y, end.z)) + 2 * abs(lift)
    turn = math.dist((start.roll, start.pitch, start.yaw), (end.roll, end.pitch, end.yaw))
    return max(way / speed, turn / _TURNING)
