"""The stages of the scripted expert, in order, and when each one ends."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Stage(IntEnum):
    """What the expert is doing in a world."""

    TOP_ABOVE = 0
    TOP_DOWN = 1
    TOP_GRIP = 2
    TOP_PUSH = 3
    TOP_OPEN = 4
    TOP_RISE = 5
    LEG_ABOVE = 6
    LEG_DOWN = 7
    LEG_GRIP = 8
    LEG_LIFT = 9
    LEG_OVER = 10
    LEG_INSERT = 11
    LEG_OPEN = 12
    LEG_LEAVE = 13
    SCREW_ABOVE = 14
    SCREW_DOWN = 15
    SCREW_GRIP = 16
    SCREW_TURN = 17
    SCREW_OPEN = 18


@dataclass(frozen=True)
class StageRule:
    """How a stage holds the gripper and when it gives way to the next.

    closed: whether the gripper is commanded closed
    position_tolerance: distance to the target at which it ends [m]; None: it ends by time alone
    rotation_tolerance: angle to the target at which it ends [rad]
    timeout: control steps after which it ends anyway
    noisy: whether its target carries the episode's noise
    """

    closed: bool
    position_tolerance: float | None
    rotation_tolerance: float
    timeout: int
    noisy: bool = False


RULES: Final[dict[Stage, StageRule]] = {
    Stage.TOP_ABOVE: StageRule(False, 0.012, 0.15, 30, noisy=True),
    Stage.TOP_DOWN: StageRule(False, 0.005, 0.10, 25, noisy=True),
    Stage.TOP_GRIP: StageRule(True, None, 0.0, 5),
    Stage.TOP_PUSH: StageRule(True, 0.004, 0.05, 40),
    Stage.TOP_OPEN: StageRule(False, None, 0.0, 4),
    Stage.TOP_RISE: StageRule(False, 0.02, 0.5, 25),
    Stage.LEG_ABOVE: StageRule(False, 0.012, 0.15, 40, noisy=True),
    Stage.LEG_DOWN: StageRule(False, 0.004, 0.10, 25, noisy=True),
    Stage.LEG_GRIP: StageRule(True, None, 0.0, 5),
    Stage.LEG_LIFT: StageRule(True, 0.02, 0.25, 40, noisy=True),
    Stage.LEG_OVER: StageRule(True, 0.0015, 0.03, 60),
    Stage.LEG_INSERT: StageRule(True, 0.0015, 0.10, 30),
    Stage.LEG_OPEN: StageRule(False, None, 0.0, 4),
    Stage.LEG_LEAVE: StageRule(False, 0.02, 0.3, 25),
    Stage.SCREW_ABOVE: StageRule(False, 0.012, 0.15, 40, noisy=True),
    Stage.SCREW_DOWN: StageRule(False, 0.005, 0.10, 40),
    Stage.SCREW_GRIP: StageRule(True, None, 0.0, 4),
    Stage.SCREW_TURN: StageRule(True, None, 0.10, 40),
    Stage.SCREW_OPEN: StageRule(False, None, 0.0, 3),
}
