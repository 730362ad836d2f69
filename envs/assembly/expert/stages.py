"""The stages of the scripted expert: where the hand goes in each, and when it gives way to the next."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from torch import Tensor

from envs.assembly.expert import targets
from envs.assembly.expert.snapshot import Pose, Snapshot


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
    LEG_SETTLE = 12
    LEG_OPEN = 13
    LEG_LEAVE = 14
    SCREW_ABOVE = 15
    SCREW_DOWN = 16
    SCREW_GRIP = 17
    SCREW_TURN = 18
    SCREW_OPEN = 19


@dataclass(frozen=True)
class StageRule:
    """How a stage moves the hand and when it gives way to the next.

    target: where the hand should go; None to stay at the last target
    closed: whether the gripper is commanded closed
    position_tolerance, rotation_tolerance: distance and angle to the target at which it ends [m, rad];
        without them it ends by time alone
    timeout: control steps after which it ends anyway
    longest_move: of the commanded position ahead of the hand [m]
    noisy: whether its target carries the episode's noise
    arrived: what ends it, wherever the hand is
    """

    target: Callable[[Snapshot], Pose] | None
    closed: bool
    timeout: int
    position_tolerance: float = 0.0
    rotation_tolerance: float = 0.0
    longest_move: float = 0.06
    noisy: bool = False
    arrived: Callable[[Snapshot], Tensor] | None = None


RULES: Final[dict[Stage, StageRule]] = {
    Stage.TOP_ABOVE: StageRule(targets.above_boss, False, 30, 0.012, 0.15, noisy=True),
    Stage.TOP_DOWN: StageRule(targets.boss_grasp, False, 25, 0.005, 0.10, noisy=True),
    Stage.TOP_GRIP: StageRule(None, True, 4),
    Stage.TOP_PUSH: StageRule(targets.push_into_corner, True, 40, arrived=targets.top_is_flush),
    Stage.TOP_OPEN: StageRule(None, False, 3),
    Stage.TOP_RISE: StageRule(targets.rise, False, 25, 0.02, 0.5),
    Stage.LEG_ABOVE: StageRule(targets.above_leg, False, 40, 0.012, 0.15, noisy=True),
    Stage.LEG_DOWN: StageRule(targets.leg_grasp, False, 25, 0.004, 0.10, noisy=True),
    Stage.LEG_GRIP: StageRule(None, True, 4),
    Stage.LEG_LIFT: StageRule(targets.lift_leg, True, 40, 0.02, 0.25, noisy=True),
    Stage.LEG_OVER: StageRule(targets.leg_over_hole, True, 60, 0.0015, 0.03),
    Stage.LEG_INSERT: StageRule(targets.insert_leg, True, 60, longest_move=0.02, arrived=targets.leg_stands),
    Stage.LEG_SETTLE: StageRule(targets.insert_leg, True, 4),
    Stage.LEG_OPEN: StageRule(None, False, 3),
    Stage.LEG_LEAVE: StageRule(targets.leave_leg, False, 25, 0.02, 0.3),
    Stage.SCREW_ABOVE: StageRule(targets.above_screw, False, 40, 0.012, 0.15, noisy=True),
    Stage.SCREW_DOWN: StageRule(targets.screw_grasp, False, 40, 0.005, 0.10),
    Stage.SCREW_GRIP: StageRule(None, True, 3),
    Stage.SCREW_TURN: StageRule(targets.screw_turn, True, 40, 0.02, 0.10),
    Stage.SCREW_OPEN: StageRule(None, False, 3),
}

FOLLOWING: Final = {stage: Stage(stage + 1) for stage in Stage if stage < Stage.SCREW_OPEN} | {
    Stage.SCREW_OPEN: Stage.SCREW_DOWN
}
"""After a stroke the open hand turns back around the leg, which it clears, and takes hold again."""
