"""Episodes of a simulated robot, one after the other, as an evaluation has them."""

import math
from typing import Final

from torch import Tensor

from robolearn.bridge.arm.episode_report import EpisodeReport, Outcome
from robolearn.bridge.arm.loop import ArmLoop
from robolearn.bridge.arm.topics import EPISODE_REQUESTS, EPISODES
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.message import decode, encode
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray
from robolearn.bridge.messages.std_msgs import Int64
from robolearn.bridge.transport import Transport
from robolearn.evaluation.episode_table import EpisodeTable

PATIENCE: Final = 3.0
"""For an episode that was asked for, before it is asked for again [s]; chosen: DDS loses what is sent before
both sides have found each other."""


class Examination:
    """Asks for episodes, lets the policy drive in each, and keeps what became of them.

    seeds: (K,) of the episodes, of `robolearn.environment.episode_seeds`

    ended: reports of the episodes that are over, in order
    """

    def __init__(self, transport: Transport, seeds: Tensor) -> None:
        self._seeds: list[int] = seeds.tolist()
        self._ask = transport.publisher(EPISODE_REQUESTS)
        self._reports = transport.mailbox(EPISODES)
        self._taken = 0
        self._asked_at = -math.inf
        self._running = False
        self.ended: list[EpisodeReport] = []

    @property
    def count(self) -> int:
        """Of all episodes."""
        return len(self._seeds)

    @property
    def done(self) -> bool:
        """Whether all episodes are over."""
        return len(self.ended) == self.count

    def tick(self, now: float, loop: ArmLoop) -> None:
        """Before each of the loop's. now: [s]."""
        report = self._read()
        if self.done:
            return
        seed = self._seeds[len(self.ended)]
        if report is not None and report.seed == seed:
            self._follow(now, report, loop)
        elif not self._running and now - self._asked_at >= PATIENCE:
            self._asked_at = now
            self._ask(encode(Int64(seed)))

    def table(self) -> EpisodeTable:
        """As evaluations keep it; success is the only reward."""
        return EpisodeTable.from_columns(
            episode=range(len(self.ended)),
            seed=[report.seed for report in self.ended],
            success=[report.outcome is Outcome.SUCCESS for report in self.ended],
            steps=[report.steps for report in self.ended],
            phase=[report.phase for report in self.ended],
            fault=[report.outcome is Outcome.FAULT for report in self.ended],
            episode_return=[float(report.outcome is Outcome.SUCCESS) for report in self.ended],
        )

    def _follow(self, now: float, report: EpisodeReport, loop: ArmLoop) -> None:
        if report.outcome is Outcome.RUNNING:
            if not self._running:
                self._running = True
                loop.begin(now, report.began, f"episode {len(self.ended)}")
        elif self._running:
            self._running = False
            self._asked_at = -math.inf
            self.ended.append(report)
            loop.end(now, report.outcome.value)

    def _read(self) -> EpisodeReport | None:
        """What was told since the last look."""
        arrival = self._reports.last
        if arrival is None or arrival.number == self._taken:
            return None
        self._taken = arrival.number
        try:
            return EpisodeReport.of(decode(DiagnosticArray, arrival.payload))
        except BridgeError:
            return None
