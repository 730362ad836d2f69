"""Pour from one vessel into another."""

from dataclasses import replace

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.generator.plan import Plan
from robolearn.retarget.generator.tasks.steps import put, take
from robolearn.retarget.generator.workspace import TABLE, HandPose, grasp_pose, side

_PHRASES = (
    "pour {what} from the {source} into the {target}",
    "fill the {target} with {what}",
    "pour some {what} into the {target}",
)
_WHAT = ("water", "juice", "milk", "rice")
_SOURCES = ("bottle", "jug", "carton")
_TARGETS = ("glass", "cup", "bowl")


def pour(plan: Plan, draw: Draw) -> str:
    """One hand holds the vessel, the other one tilts the bottle over it and sets it down again."""
    hand = draw.hand()
    bottle = _upright(draw, hand)
    vessel = replace(_upright(draw, 1 - hand), y=-side(hand) * draw.between(0.10, 0.16))
    plan.move(1 - hand, vessel)
    plan.grip([1 - hand], draw.between(0.4, 0.7))
    take(plan, draw, hand, bottle, TABLE)
    above = replace(
        bottle, x=vessel.x, y=side(hand) * draw.between(0.10, 0.14), z=vessel.z + draw.between(0.12, 0.2)
    )
    plan.move(hand, above)
    plan.move(hand, above.turned(roll=side(hand) * draw.between(1.2, 1.8)))
    plan.wait(0.8, 2.5)
    plan.move(hand, above)
    put(plan, draw, hand, bottle, TABLE)
    plan.grip([1 - hand], 0.0)
    plan.rest()
    return draw.choice(_PHRASES).format(
        what=draw.choice(_WHAT), source=draw.choice(_SOURCES), target=draw.choice(_TARGETS)
    )


def _upright(draw: Draw, hand: int) -> HandPose:
    """A hand around something that stands on the table and must not be tipped."""
    return replace(grasp_pose(draw, hand, TABLE), roll=0.0, pitch=draw.between(-0.1, 0.1))
