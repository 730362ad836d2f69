"""One generated episode: a function of seed and index alone."""

from dataclasses import dataclass

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.generator.motion import RATE, carried_out, frames_between
from robolearn.retarget.generator.plan import Plan, WayPoint
from robolearn.retarget.generator.tasks.table import TASKS, Task
from robolearn.retarget.trajectory import HandTrajectory


@dataclass(frozen=True)
class Script:
    """What an episode is going to be.

    index: of the episode
    task: what the robot does
    points: where its hands stop
    language: what it is told
    """

    index: int
    task: Task
    points: list[WayPoint]
    language: str

    @property
    def name(self) -> str:
        """As `AgibotSource` names it."""
        return f"{self.task.number}/{self.index}"

    @property
    def frames(self) -> int:
        """How many the episode has."""
        return int(frames_between(self.points).sum()) + 1


def write_script(seed: int, index: int) -> Script:
    """The script of the episode `index`."""
    draw, task = Draw(seed, index), TASKS[index % len(TASKS)]
    plan = Plan(draw)
    language = task.plan(plan, draw)
    return Script(index, task, plan.points, language)


def perform(script: Script) -> HandTrajectory:
    """The script's episode, without videos."""
    position, quaternion, gripper = carried_out(script.points)
    return HandTrajectory(script.name, RATE, position, quaternion, gripper, script.language, {})
