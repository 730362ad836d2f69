"""Hand something over from one hand to the other."""

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.generator.plan import Plan
from robolearn.retarget.generator.tasks.steps import THINGS, put, take
from robolearn.retarget.generator.workspace import LEVELS, TABLE, HandPose, grasp_pose, side
from robolearn.retarget.trajectory import HANDS

_PHRASES = (
    "hand the {thing} over from the {giver} hand to the {taker} hand",
    "take the {thing} from the {source} and pass it to the {taker} hand",
    "pass the {thing} from one hand to the other",
)


def hand_over(plan: Plan, draw: Draw) -> str:
    """Take something with one hand, give it to the other before the body, and set it down with that."""
    giver = draw.hand()
    taker = 1 - giver
    source = draw.choice(LEVELS)
    take(plan, draw, giver, grasp_pose(draw, giver, source), source)
    x, z = draw.between(0.40, 0.50), draw.between(0.85, 1.05)
    plan.move(giver, _meeting(giver, x, z))
    plan.move(taker, _meeting(taker, x, z))
    plan.grip([taker], draw.between(0.6, 0.95))
    plan.grip([giver], 0.0)
    put(plan, draw, taker, grasp_pose(draw, taker, TABLE), TABLE)
    plan.rest()
    return draw.choice(_PHRASES).format(
        thing=draw.choice(THINGS), giver=HANDS[giver], taker=HANDS[taker], source=source.name
    )


def _meeting(hand: int, x: float, z: float) -> HandPose:
    """A hand near the middle, its fingers to the other one."""
    return HandPose(x=x, y=side(hand) * 0.10, z=z, yaw=-side(hand) * 0.9)
