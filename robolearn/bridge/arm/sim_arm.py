"""`robolearn sim-robot` for an arm."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from robolearn.bridge.arm.serving import ServedArm
from robolearn.bridge.arm.stamps import stamped
from robolearn.bridge.deploy.periods import Periods
from robolearn.bridge.message import encode
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray, DiagnosticStatus, KeyValue
from robolearn.bridge.sim_settings import SimRobotSettings
from robolearn.bridge.topics import SIMULATED_ROBOT
from robolearn.bridge.transport import Transport
from robolearn.errors import unknown_name

if TYPE_CHECKING:
    from envs.sim_robot.panda.robot import SimulatedPanda

TASKS: Final = ("one_leg",)
"""That there is a simulated arm for."""

STATUS_PERIOD: Final = 0.5
"""Between two messages on /robolearn/sim_robot [s]; chosen."""

LOOK: Final = 0.0005
"""Between two looks for commands in lock step [s]; chosen: far less than a control period takes."""

LINGER: Final = 2.0
"""After the last episode, so that its end is told again to whoever missed it [s]; chosen."""

_PICTURE_PERIOD: Final = 0.04
"""Between two pictures [s]; chosen."""

_OWED: Final = 5
"""Steps that are made up for when this process was not scheduled; chosen: a control period."""


def make_panda(settings: SimRobotSettings) -> "SimulatedPanda":
    """The arm that the settings describe. Raises UserError for a task or randomness that there is not."""
    if settings.task not in TASKS:
        raise unknown_name("task", settings.task, TASKS)
    from envs.sim_robot.panda.robot import SimulatedPanda

    return SimulatedPanda(settings.seed, settings.randomness, settings.lockstep)


def serve_panda(
    robot: "SimulatedPanda", transport: Transport, settings: SimRobotSettings, stop: threading.Event
) -> dict[str, Any]:
    """Serve until `stop` is set, the time is up or the episodes are over; returns what was counted."""
    from envs.sim_robot.panda.robot import STEP_PERIOD

    served, show = ServedArm(robot, transport), _shown(robot, settings.view)
    tell, periods = transport.publisher(SIMULATED_ROBOT), Periods(STEP_PERIOD)
    began = due = time.monotonic()
    told = began - STATUS_PERIOD
    last: float | None = None
    while not stop.is_set() and (not settings.seconds or time.monotonic() - began < settings.seconds):
        now = time.monotonic()
        if settings.lockstep:
            served.step(time.time_ns())
            due = now + LOOK
        else:
            periods.tick(now)
            due = max(due, now - _OWED * STEP_PERIOD)
            while due <= now:
                served.step(time.time_ns())
                due += STEP_PERIOD
        if now - told >= STATUS_PERIOD:
            told = now
            tell(encode(_status(robot, time.time_ns())))
        if settings.episodes and robot.ended.total() >= settings.episodes:
            last = now if last is None else last
            if now - last >= LINGER:
                break
        show()
        time.sleep(max(due - time.monotonic(), 0.0))
    loop = {} if settings.lockstep else periods.summary()
    return {"seconds": round(time.monotonic() - began, 3), **figures(robot), "loop": loop}


def figures(robot: "SimulatedPanda") -> dict[str, Any]:
    """What a simulated arm has counted, by name."""
    report = robot.report
    return {
        "obeyed": robot.obeyed,
        "refused": {reason.value: count for reason, count in robot.refused.items()},
        "timeouts": robot.timeouts,
        "ended": {outcome.value: count for outcome, count in robot.ended.items()},
        "episode_seed": report.seed,
        "episode": report.outcome.value,
        "episode_steps": report.steps,
    }


def _status(robot: "SimulatedPanda", stamp: int) -> DiagnosticArray:
    """Of /robolearn/sim_robot. stamp: [ns of Unix time]."""
    about = DiagnosticStatus(
        level=DiagnosticStatus.WARN if robot.refused or robot.timeouts else DiagnosticStatus.OK,
        name="robolearn: sim-robot",
        message="holds" if robot.holds else "commanded",
        values=[KeyValue(name, str(value)) for name, value in figures(robot).items()],
    )
    return DiagnosticArray(stamped(stamp), [about])


def _shown(robot: "SimulatedPanda", view: bool) -> Callable[[], None]:
    """What draws the cell, at most 25 times a second."""
    if not view:
        return lambda: None
    from envs.registry import make_shown_world
    from robolearn.evaluation.displays import open_display

    display, world = open_display("auto", "robolearn sim-robot", 0), make_shown_world(robot.cell)
    display.begin(world)
    drawn = time.monotonic()

    def draw() -> None:
        nonlocal drawn
        if display.running and time.monotonic() - drawn >= _PICTURE_PERIOD:
            drawn = time.monotonic()
            display.update(world)

    return draw
