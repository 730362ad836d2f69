"""Pick things up from one level and put them on another."""

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.generator.plan import Plan
from robolearn.retarget.generator.tasks.steps import LONG_ENOUGH, THINGS, named, put, take
from robolearn.retarget.generator.workspace import FLOOR, LEVELS, SHELF, TABLE, Level, grasp_pose

_PICK = (
    "pick up {things} from the {source}",
    "take {things} from the {source} and put {it} on the {target}",
    "get {things} off the {source}",
)
_CLEAR = (
    "clear {things} away",
    "pick up {things} and put {it} aside on the {target}",
    "move {things} to another place on the {target}",
)
_PLACE = (
    "put {things} from the {source} on the {target}",
    "move {things} to the {target}",
    "place {things} on the {target}",
)


def pick_from_floor(plan: Plan, draw: Draw) -> str:
    """Tidy up what lies on the floor, onto the table."""
    return _carry(plan, draw, FLOOR, TABLE, _PICK)


def pick_from_shelf(plan: Plan, draw: Draw) -> str:
    """Fetch something from a shelf at the height of the chest, onto the table."""
    return _carry(plan, draw, SHELF, TABLE, _PICK)


def pick_from_table(plan: Plan, draw: Draw) -> str:
    """Clear the table, to another place on it."""
    return _carry(plan, draw, TABLE, TABLE, _CLEAR)


def place_across_heights(plan: Plan, draw: Draw) -> str:
    """Bring something from any level to any other."""
    source, target = draw.distinct(LEVELS, 2)
    return _carry(plan, draw, source, target, _PLACE)


def _carry(plan: Plan, draw: Draw, source: Level, target: Level, phrases: tuple[str, ...]) -> str:
    carried: list[str] = []
    for thing in draw.distinct(THINGS, 3):
        if plan.seconds > LONG_ENOUGH:
            break
        hand = draw.hand()
        take(plan, draw, hand, grasp_pose(draw, hand, source), source)
        put(plan, draw, hand, grasp_pose(draw, hand, target), target)
        carried.append(thing)
    plan.rest()
    it = "it" if len(carried) == 1 else "them"
    return draw.choice(phrases).format(things=named(carried), it=it, source=source.name, target=target.name)
