"""Steps that several tasks share, and the words for things."""

from collections.abc import Sequence
from typing import Final

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.generator.plan import Plan
from robolearn.retarget.generator.workspace import HandPose, Level, approach

LONG_ENOUGH: Final = 8.5
"""A task that took this long [s] is not begun again with another thing."""

_LIFT = 0.06
"""How high things are carried above the straight line [m]."""

THINGS: Final = (
    "cup",
    "bowl",
    "spoon",
    "bottle of water",
    "toy car",
    "sponge",
    "apple",
    "box of tissues",
    "plate",
    "towel",
    "book",
    "remote control",
)


def take(plan: Plan, draw: Draw, hand: int, pose: HandPose, level: Level) -> None:
    """Go to something, grasp it and lift it off."""
    before = approach(pose, level, draw.between(0.07, 0.14))
    plan.move(hand, before)
    plan.move(hand, pose)
    plan.grip([hand], draw.between(0.6, 0.95))
    plan.move(hand, before)


def put(plan: Plan, draw: Draw, hand: int, pose: HandPose, level: Level) -> None:
    """Carry what the hand holds, set it down and let go."""
    before = approach(pose, level, draw.between(0.07, 0.14))
    plan.move(hand, before, lift=_LIFT)
    plan.move(hand, pose)
    plan.grip([hand], 0.0)
    plan.move(hand, before)


def named(things: Sequence[str]) -> str:
    """The things as one writes them: the cup and the spoon."""
    return " and ".join(f"the {thing}" for thing in things)
