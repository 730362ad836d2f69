"""Wipe a surface to and fro."""

from dataclasses import replace

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.generator.plan import Plan
from robolearn.retarget.generator.tasks.steps import take
from robolearn.retarget.generator.workspace import FLOOR, TABLE, grasp_pose, side

_PHRASES = (
    "wipe the {surface}",
    "clean the {surface} with the cloth",
    "wipe the dirt off the {surface}",
    "take the cloth and wipe the {surface}",
)
_SURFACES = (("table", TABLE), ("counter", TABLE), ("floor", FLOOR))
_LONGEST = 15.0
"""Wiping stops after this long at the latest [s]."""


def wipe(plan: Plan, draw: Draw) -> str:
    """Take a cloth and draw it in strokes over the surface, row after row."""
    surface, level = draw.choice(_SURFACES)
    hand = draw.hand()
    cloth = grasp_pose(draw, hand, level)
    take(plan, draw, hand, cloth, level)
    x, inner, outer = draw.between(0.38, 0.48), draw.between(0.10, 0.16), draw.between(0.28, 0.38)
    for stroke in range(draw.choice((5, 6, 7, 8))):
        if plan.seconds > _LONGEST:
            break
        y = inner if stroke % 2 else outer
        plan.move(hand, replace(cloth, x=min(x + 0.03 * stroke, 0.7), y=side(hand) * y))
    plan.grip([hand], 0.0)
    plan.rest()
    return draw.choice(_PHRASES).format(surface=surface)
