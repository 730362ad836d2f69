"""Open a drawer and take something out of it."""

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.generator.plan import Plan
from robolearn.retarget.generator.tasks.steps import THINGS, put, take
from robolearn.retarget.generator.workspace import TABLE, HandPose, grasp_pose, side

_PHRASES = (
    "open the drawer and take out the {thing}",
    "pull the drawer open and get the {thing}",
    "get the {thing} from the drawer and put it on the table",
)


def open_drawer(plan: Plan, draw: Draw) -> str:
    """Pull a handle straight towards the body; the other hand takes something from above."""
    hand = draw.hand()
    handle = HandPose(
        x=draw.between(0.60, 0.72),
        y=side(hand) * draw.between(0.10, 0.20),
        z=draw.between(0.40, 0.80),
        roll=side(hand) * draw.between(0.0, 1.2),
    )
    pulled = handle.shifted(ahead=-draw.between(0.18, 0.28))
    plan.move(hand, handle.shifted(ahead=-0.08))
    plan.move(hand, handle)
    plan.grip([hand], draw.between(0.7, 0.95))
    plan.move(hand, pulled)
    plan.grip([hand], 0.0)
    other = 1 - hand
    inside = HandPose(x=pulled.x + 0.08, y=side(other) * 0.12, z=pulled.z - 0.04, pitch=1.3)
    take(plan, draw, other, inside, TABLE)
    put(plan, draw, other, grasp_pose(draw, other, TABLE), TABLE)
    plan.rest()
    return draw.choice(_PHRASES).format(thing=draw.choice(THINGS))
