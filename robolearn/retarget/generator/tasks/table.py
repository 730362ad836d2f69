"""The table of tasks. A new one is a function that adds way points to a plan, and a line here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.generator.plan import Plan
from robolearn.retarget.generator.tasks.drawers import open_drawer
from robolearn.retarget.generator.tasks.handing import hand_over
from robolearn.retarget.generator.tasks.picking import (
    pick_from_floor,
    pick_from_shelf,
    pick_from_table,
    place_across_heights,
)
from robolearn.retarget.generator.tasks.pouring import pour
from robolearn.retarget.generator.tasks.wiping import wipe


@dataclass(frozen=True)
class Task:
    """What the robot does in an episode.

    number: AgiBot World's name for it, of a file and of folders
    name: for people
    plan: adds the way points to a plan that starts at rest, and returns what the robot is told
    """

    number: int
    name: str
    plan: Callable[[Plan, Draw], str]


TASKS: Final = (
    Task(1, "pick from the floor", pick_from_floor),
    Task(2, "pick from a shelf", pick_from_shelf),
    Task(3, "pick from a table", pick_from_table),
    Task(4, "place across heights", place_across_heights),
    Task(5, "wipe", wipe),
    Task(6, "pour", pour),
    Task(7, "hand over", hand_over),
    Task(8, "open a drawer", open_drawer),
)
"""Episodes take turns through it."""
