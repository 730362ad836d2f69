"""What fails, and what the robot does meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from envs.sim_robot.rehearsal import Rehearsal
from robolearn.bridge.deploy.exchange import PolicyAnswer
from robolearn.bridge.sim_settings import Interference
from robolearn.bridge.topics import LOW_COMMANDS

Each = Callable[[], None]
"""Called before every tick."""


@dataclass(frozen=True)
class Case:
    """A failure.

    begin: called once; returns what happens before every tick from then on
    seconds: that it lasts
    """

    begin: Callable[[Rehearsal], Each]
    seconds: float = 6.0


@dataclass(frozen=True)
class Situation:
    """What the robot is told.

    forward: [m/s]
    climb: of the pelvis [m/s], for the first second and a half
    """

    forward: float = 0.0
    climb: float = 0.0


LEAD_IN: Final = 3.0
"""That the robot is told so before anything fails [s]."""

SITUATIONS: Final[Mapping[str, Situation]] = {
    "standing": Situation(),
    "walking": Situation(forward=0.4),
    "squatting": Situation(climb=-0.2),
}


def _nothing() -> None:
    """Between one failure and its consequences."""


def _interfered(**values: Any) -> Callable[[Rehearsal], Each]:
    def begin(rehearsal: Rehearsal) -> Each:
        rehearsal.robot.interference = Interference(**values)
        return _nothing

    return begin


def _policy_killed(rehearsal: Rehearsal) -> Each:
    rehearsal.policy_runs = False
    return _nothing


def _nan_action(rehearsal: Rehearsal) -> Each:
    rehearsal.policy_runs = False
    message = rehearsal.answers.latest()
    assert message is not None
    size = len(PolicyAnswer.of(message).targets)

    def each() -> None:
        answer = PolicyAnswer(0, rehearsal.now, np.zeros(3), np.full(size, np.nan), np.empty(0))
        rehearsal.answers.put(answer.vector())

    return each


def _clock_jump(rehearsal: Rehearsal) -> Each:
    rehearsal.clock_offset += 1.0
    return _nothing


def _second_publisher(rehearsal: Rehearsal) -> Each:
    send, last = rehearsal.network.join().publisher(LOW_COMMANDS), rehearsal.commands.last
    assert last is not None
    return lambda: send(last.payload)


CASES: Final[Mapping[str, Case]] = {
    "policy_killed": Case(_policy_killed),
    "network_lost_1s": Case(_interfered(loss=1.0), seconds=1.0),
    "packets_lost_30_percent": Case(_interfered(loss=0.3)),
    "latency_40ms": Case(_interfered(latency=0.04)),
    "nan_action": Case(_nan_action),
    "stale_state": Case(_interfered(stale=1.0)),
    "clock_jump": Case(_clock_jump),
    "second_publisher": Case(_second_publisher),
    "low_battery": Case(_interfered(voltage=40.0)),
}
