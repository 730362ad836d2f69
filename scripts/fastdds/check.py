"""Exchanges messages with a program on Fast DDS: `check.py PEER [SECONDS]`.

A line for each topic, direction and quality of service: how many messages arrived, and how many unchanged.
Exit status 1 if one was lost or is not equal, or the time was up before all were sent.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Final

from covered import TOPICS
from ends import End, Incoming, Outgoing
from values import drawn

from robolearn.bridge.topics import Topic

DOMAIN: Final = 30 + os.getpid() % 70
"""Another one for runs beside this one, and never 0, where a robot may listen to commands."""

SAMPLES: Final = 20
"""Of each line of the table; chosen."""

PATIENCE: Final = 5.0
"""Until a message that has not arrived is lost [s]: far more than a busy machine takes on its loopback."""

SECONDS: Final = "180"
"""For everything, where nothing else is asked for; chosen, twice what it took on a machine much too busy."""


@dataclass(frozen=True)
class Case:
    """One line of the table.

    reliable: whether the peer's end is of ROS 2's default quality, rather than that of sensor data
    """

    topic: Topic
    end: type[End]
    reliable: bool

    @property
    def title(self) -> str:
        """Topic and message, direction, and the peer's quality."""
        message = f"{self.topic.name} {self.topic.kind.ROS_TYPE.replace('/msg/', '/')}"
        direction = "ours -> Fast DDS" if self.end is Outgoing else "Fast DDS -> ours"
        return f"{message:56}  {direction}  {'reliable' if self.reliable else 'best effort':11}"


@dataclass
class Outcome:
    """How many messages were sent, arrived, and arrived with the same values and the right checksum.

    found: what it took both to find each other [s]
    """

    sent: int = 0
    received: int = 0
    equal: int = 0
    found: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether all did."""
        return self.sent == self.received == self.equal == SAMPLES


def cases() -> list[Case]:
    """All that can meet: a reader that asks for reliability finds no writer that does not offer it."""
    return [
        Case(topic, end, reliable)
        for topic in TOPICS
        for end in (Outgoing, Incoming)
        for reliable in (True, False)
        if end is Outgoing or reliable or not topic.reliable
    ]


def exchanged(case: Case, program: Path, random: Random, until: float) -> Outcome:
    """One message after the other, each sent when the one before it has arrived."""
    outcome, began = Outcome(), time.monotonic()
    if began >= until:
        return outcome
    end = case.end(program, DOMAIN, case.topic, case.reliable)
    try:
        if end.open(drawn(case.topic.kind, random), min(until, began + 2 * PATIENCE)):
            outcome.found = time.monotonic() - began
            while outcome.sent < SAMPLES and time.monotonic() < until:
                sample = drawn(case.topic.kind, random)
                line = end.exchange(sample, time.monotonic() + PATIENCE)
                outcome.sent += 1
                outcome.received += line is not None
                outcome.equal += line == sample.line
    finally:
        end.close()
    return outcome


def main(program: Path, seconds: float) -> int:
    """Run all cases; returns the exit status."""
    peer = subprocess.check_output([program, "version"], text=True).strip()
    sys.stdout.write(f"cyclonedds {version('cyclonedds')}, Fast DDS {peer}, 127.0.0.1, domain {DOMAIN}\n")
    sys.stdout.write(f"{'message':56}  {'direction':16}  {'peer':11}  sent  received  equal\n")
    random, until, outcomes = Random(0), time.monotonic() + seconds, list[Outcome]()
    for case in cases():
        outcome = exchanged(case, program, random, until)
        outcomes.append(outcome)
        counts = f"{outcome.sent:4}  {outcome.received:8}  {outcome.equal:5}"
        sys.stdout.write(f"{case.title}  {counts}{'' if outcome.passed else '  FAILED'}\n")
        sys.stdout.flush()
    if failed := sum(not outcome.passed for outcome in outcomes):
        late = f", after {seconds:g} s time was up" if time.monotonic() >= until else ""
        sys.stdout.write(f"{failed} of {len(outcomes)} failed{late}\n")
        return 1
    slowest = max(outcome.found for outcome in outcomes)
    sys.stdout.write(f"all {len(outcomes)} passed; they found each other within {slowest:.1f} s\n")
    return 0


if __name__ == "__main__":
    peer, seconds = [*sys.argv[1:], SECONDS][:2]
    sys.exit(main(Path(peer), float(seconds)))
