"""`robolearn sim-robot`: a simulated robot in real time, on the topics of the real one."""

import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from robolearn.bridge.arm.sim_arm import make_panda, serve_panda
from robolearn.bridge.deploy.periods import Periods
from robolearn.bridge.message import encode
from robolearn.bridge.messages.builtin_interfaces import Time
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray, DiagnosticStatus, KeyValue
from robolearn.bridge.messages.std_msgs import Header
from robolearn.bridge.motion_switcher import SimulatedSwitcher
from robolearn.bridge.network import join
from robolearn.bridge.sim_settings import SimRobotSettings
from robolearn.bridge.topics import LOW_COMMANDS, LOW_STATES, SIMULATED_ROBOT
from robolearn.bridge.transport import Mailbox, Transport
from robolearn.errors import unknown_name
from robolearn.interruption import on_interruption
from robolearn.storage import write_json

if TYPE_CHECKING:
    from envs.sim_robot.robot import SimulatedRobot

SUMMARY: Final = "sim_robot.json"
"""Under `out`."""

STATUS_PERIOD: Final = 0.5
"""Between two messages on /robolearn/sim_robot [s]; chosen."""

_PICTURE_PERIOD: Final = 0.02
"""Between two pictures [s]; chosen."""

_OWED: Final = 25
"""Steps that are made up for when this process was not scheduled; chosen: 50 ms, beyond which the robot is
as one that was switched off meanwhile."""


def sim_robot(settings: SimRobotSettings) -> dict[str, Any]:
    """Serve until interrupted; returns the summary, which stands in `out` too.

    Raises UserError for settings or a network that will not do.
    """
    settings.check()
    if settings.robot not in _ROBOTS:
        raise unknown_name("robot", settings.robot, _ROBOTS)
    make, serve = _ROBOTS[settings.robot]
    robot = make(settings)
    transport = join(settings.interface, settings.domain, settings.dds)
    stop = threading.Event()
    try:
        with on_interruption(stop.set):
            summary = serve(robot, transport, settings, stop)
    finally:
        transport.close()
    write_json(Path(settings.out) / SUMMARY, summary)
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in summary.items()))
    return summary


def _serve(
    robot: "SimulatedRobot", transport: Transport, settings: SimRobotSettings, stop: threading.Event
) -> dict[str, Any]:
    from envs.sim_robot.body import TIMESTEP

    served = Served(robot, transport)
    show = _shown(robot, settings.view)
    periods = Periods(TIMESTEP)
    began = due = time.monotonic()
    told = began
    while not stop.is_set() and (not settings.seconds or due - began < settings.seconds):
        now = time.monotonic()
        periods.tick(now)
        due = max(due, now - _OWED * TIMESTEP)
        while due <= now:
            served.step(due)
            due += TIMESTEP
        if now - told >= STATUS_PERIOD:
            told = now
            served.tell(time.time_ns())
        show()
        time.sleep(max(due - time.monotonic(), 0.0))
    return {"seconds": round(due - began, 3), **figures(robot), "loop": periods.summary()}


class Served:
    """A simulated robot on a network, step by step.

    robot: steps when this does
    """

    def __init__(self, robot: "SimulatedRobot", transport: Transport) -> None:
        self._robot = robot
        self._commands: Mailbox = transport.mailbox(LOW_COMMANDS)
        self._send = transport.publisher(LOW_STATES)
        self._tell = transport.publisher(SIMULATED_ROBOT)
        self._switcher = SimulatedSwitcher(transport, robot.controller)
        self._taken = 0

    def step(self, now: float) -> None:
        """Take the last command if it is new, step, and publish what the robot reports. now: [s]."""
        self._switcher.step()
        self._robot.controller = self._switcher.controller
        arrival = self._commands.last
        commands = []
        if arrival is not None and arrival.number != self._taken:
            self._taken = arrival.number
            commands.append(arrival.payload)
        for state in self._robot.step(now, commands):
            self._send(state)

    def tell(self, stamp: int) -> None:
        """Publish the counts; stamp: [ns of Unix time]."""
        robot = self._robot
        values = [KeyValue(name, str(value)) for name, value in figures(robot).items()]
        about = DiagnosticStatus(
            level=DiagnosticStatus.WARN if robot.refused or robot.timeouts else DiagnosticStatus.OK,
            name="robolearn: sim-robot",
            message="fallen" if robot.fallen else "braked" if robot.braked else "commanded",
            values=values,
        )
        self._tell(encode(DiagnosticArray(Header(Time(*divmod(stamp, 10**9))), [about])))


def figures(robot: "SimulatedRobot") -> dict[str, Any]:
    """What a simulated robot has counted, by name."""
    return {
        "obeyed": robot.obeyed,
        "refused": {reason.value: count for reason, count in robot.refused.items()},
        "timeouts": robot.timeouts,
        "on_crane": robot.on_crane,
        "fallen": robot.fallen,
        "pelvis_height_m": round(robot.body.pelvis_height, 3),
        "pelvis_place_m": robot.body.pelvis_place.round(3).tolist(),
    }


@dataclass
class _Live:
    """The robot's own world, which a display shows as it is."""

    model: Any
    data: Any

    def follow(self, world: int) -> None:
        """There is one only."""


def _shown(robot: "SimulatedRobot", view: bool) -> Callable[[], None]:
    """What draws the robot, at most 50 times a second."""
    if not view:
        return lambda: None
    from robolearn.evaluation.displays import open_display

    display, world = open_display("auto", "robolearn sim-robot", 0), _Live(robot.body.model, robot.body.data)
    display.begin(world)
    drawn = time.monotonic()

    def draw() -> None:
        nonlocal drawn
        if display.running and time.monotonic() - drawn >= _PICTURE_PERIOD:
            drawn = time.monotonic()
            display.update(world)

    return draw


def _g1(settings: SimRobotSettings) -> "SimulatedRobot":
    from envs.sim_robot.robot import SimulatedRobot

    robot = SimulatedRobot(settings.seed, settings.faults, settings.crane_seconds)
    robot.controller = settings.controller
    return robot


Serve = Callable[[Any, Transport, SimRobotSettings, threading.Event], dict[str, Any]]
"""Lets a robot live on a network until the event is set; returns its figures."""

_ROBOTS: Final[Mapping[str, tuple[Callable[[SimRobotSettings], Any], Serve]]] = {
    "g1": (_g1, _serve),
    "panda": (make_panda, serve_panda),
}
"""How each is made, and served."""
