"""The simulated Panda: commands in, states out, in real time or in lock step with whoever commands it."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from envs.assembly.one_leg import CONTROL_RATE_HZ
from envs.robots.panda.kinematics import PandaKinematics
from envs.robots.panda.limits import SLACK, panda_limits
from envs.sim_robot.panda.cell import CHUNK, Cell
from envs.sim_robot.panda.reports import joint_states, part_poses
from envs.sim_robot.panda.strictness import (
    TARGETS,
    CommandCheck,
    HandOrder,
    JointOrder,
    Order,
    PoseOrder,
    Present,
    Refusal,
)
from robolearn.bridge.arm.episode_report import EpisodeReport, Outcome
from robolearn.bridge.arm.topics import EPISODE_REQUESTS, EPISODES, FINGER_TARGETS, PART_POSES
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.message import decode, encode
from robolearn.bridge.messages.std_msgs import Int64
from robolearn.bridge.topics import FRAMES, JOINT_STATES, Topic
from robolearn.environment import episode_seeds

COMMAND_TIMEOUT: Final = 0.5
"""Without a command for so long the arm stays where it is [s]; chosen: five control periods of the policy."""

COMMAND_AGE: Final = 0.3
"""Oldest state that a command may answer [s]; chosen: three control periods."""

AHEAD: Final = 0.05
"""That a stamp may be ahead of the arm's clock [s]; chosen: what clocks over a network differ by."""

REPEAT: Final = 1.0
"""Between two times that the same is told, since it may be lost [s]; chosen: longer than a policy takes."""

Messages = list[tuple[Topic, bytes]]

_SECOND: Final = 10**9
_PERIOD: Final = round(_SECOND / CONTROL_RATE_HZ)


class SimulatedPanda:
    """One arm before one table.

    seed: of its first episode, as evaluations count
    randomness: of the initial layout
    lockstep: let a control period pass when commands came for the last state, hand and arm, and else stand
        still; stamps are simulated time then. Otherwise time passes, and stamps are what `step` is told

    refused: commands that were dropped, by reason
    obeyed: commands that were followed
    timeouts: how often commands stopped
    ended: how episodes ended
    """

    def __init__(self, seed: int = 0, randomness: str = "low", lockstep: bool = False) -> None:
        self.refused: Counter[Refusal] = Counter()
        self.obeyed = self.timeouts = 0
        self.ended: Counter[Outcome] = Counter()
        self.lockstep = lockstep
        self.cell = Cell(randomness)
        slack = 1.0 if lockstep else SLACK
        self._check = CommandCheck(panda_limits(PandaKinematics(), slack))
        self._stamp = 0
        self._told_at = -1
        self._obeyed_at: int | None = None
        self._came: dict[bool, Order | Refusal] = {}
        self._answers: dict[Topic, bytes] = {}
        self._begin(int(episode_seeds(seed, 0, 1)[0]))

    @property
    def report(self) -> EpisodeReport:
        """How the episode is."""
        cell = self.cell
        return EpisodeReport(self._began, self._seed, cell.outcome, cell.steps, cell.phase)

    @property
    def holds(self) -> bool:
        """Whether nobody commands it, so that it stays where it is."""
        return self._obeyed_at is None

    def step(self, now: int, commands: Mapping[Topic, bytes]) -> Messages:
        """One step; returns what is published. In real time it is one of `CHUNK`.

        now: [ns], of a clock that never goes back
        commands: the last message of each topic that came since the step before
        """
        told: Messages = []
        if EPISODE_REQUESTS in commands:
            told += self._answer(commands[EPISODE_REQUESTS], now)
        targets = {topic: commands[topic] for topic in TARGETS if topic in commands}
        was = self.cell.outcome
        told += self._in_lockstep(now, targets) if self.lockstep else self._in_time(now, targets)
        if self.cell.outcome is not was:
            self.ended[self.cell.outcome] += 1
            told.append(self._episode())
        elif self.cell.outcome is not Outcome.RUNNING and self._due(now):
            told.append(self._episode())
        if told:
            self._told_at = now
        return told

    def _in_time(self, now: int, targets: Mapping[Topic, bytes]) -> Messages:
        window = now - round(COMMAND_AGE * _SECOND), now + round(AHEAD * _SECOND)
        for topic, payload in targets.items():
            self._follow(self._read(topic, payload, *window), now)
        if self._obeyed_at is not None and now - self._obeyed_at > COMMAND_TIMEOUT * _SECOND:
            self.timeouts += 1
            self._obeyed_at = None
            self.cell.hold()
        self.cell.advance()
        self._stamp = now
        return self._states()

    def _in_lockstep(self, now: int, targets: Mapping[Topic, bytes]) -> Messages:
        for topic, payload in targets.items():
            if payload == self._answers.get(topic):
                continue  # Said again, since the state was.
            order = self._read(topic, payload, self._stamp, self._stamp)
            if order in (Refusal.DAMAGED, Refusal.STALE):
                self.refused[Refusal(order)] += 1
            else:
                self._came[topic is FINGER_TARGETS] = order
                self._answers[topic] = payload
        if len(self._came) < 2 or self.cell.outcome is not Outcome.RUNNING:
            quiet = self.cell.outcome is Outcome.RUNNING and self._due(now)
            return self._states() if quiet else []
        for order in self._came.values():
            self._follow(order, now)
        self._came.clear()
        for _ in range(self.cell.chunks):
            self.cell.advance()
        self._stamp += _PERIOD
        # Of a state after the end nobody shall act, or its random numbers would be another episode's.
        return self._states() if self.cell.outcome is Outcome.RUNNING else []

    def _read(self, topic: Topic, payload: bytes, earliest: int, latest: int) -> Order | Refusal:
        cell = self.cell
        present = Present(earliest, latest, cell.angles[:7], cell.end_effector)
        return self._check.read(topic, payload, present)

    def _follow(self, order: Order | Refusal, now: int) -> None:
        if isinstance(order, Refusal):
            self.refused[order] += 1
            return
        self.obeyed += 1
        if isinstance(order, HandOrder):
            self.cell.send_fingers(order.closed)
            return
        self._obeyed_at = now
        if isinstance(order, PoseOrder):
            self.cell.send_end_effector(order.pose)
        elif isinstance(order, JointOrder):
            self.cell.send_joints(order.angles)

    def _answer(self, request: bytes, now: int) -> Messages:
        try:
            seed = decode(Int64, request).data
        except BridgeError:
            self.refused[Refusal.DAMAGED] += 1
            return []
        if seed < 0:
            self.refused[Refusal.SEED] += 1
            return []
        self._stamp = self._stamp + _PERIOD if self.lockstep else now
        self._begin(seed)
        return [self._episode(), *self._states()]

    def _begin(self, seed: int) -> None:
        self.cell.begin(seed)
        self._seed, self._began = seed, self._stamp
        self._obeyed_at = None
        self._came.clear()

    def _episode(self) -> tuple[Topic, bytes]:
        return EPISODES, encode(self.report.message())

    def _states(self) -> Messages:
        poses = encode(part_poses(self.cell, self._stamp))
        return [
            (PART_POSES, poses),
            (FRAMES, poses),
            (JOINT_STATES, encode(joint_states(self.cell, self._stamp))),
        ]

    def _due(self, now: int) -> bool:
        """Whether to say again what was said already."""
        return self._told_at < 0 or now - self._told_at >= REPEAT * _SECOND


STEP_PERIOD: Final = CHUNK
"""Of a step in real time [s]: 50 states a second."""
