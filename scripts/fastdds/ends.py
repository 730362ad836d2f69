"""The two directions of an exchange: what a message is given to, and where it comes out."""

import queue
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from values import Sample, received

from robolearn.bridge.dds import CycloneTransport
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.names import dds_topic, dds_type
from robolearn.bridge.topics import Topic

PAUSE: Final = 0.002
"""Between looks into a mailbox [s]."""

AGAIN: Final = 0.05
"""Between sendings while the other end may not have been found yet [s]."""


class Peer:
    """The program on Fast DDS, as a process; it ends with its input."""

    def __init__(self, program: Path, domain: int, topic: Topic, role: str, reliable: bool) -> None:
        names = dds_topic(topic.name), dds_type(topic.kind.ROS_TYPE)
        quality = "reliable" if reliable else "best_effort"
        command = [str(program), str(domain), *names, role, quality]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def tell(self, line: str) -> None:
        """To its input. One that has ended takes nothing, and has said why on its standard error."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.put(line.rstrip("\n"))


class End(ABC):
    """An exchange in one direction on one topic, between our transport and the peer.

    role: the peer's
    reliable: whether the peer's end is of ROS 2's default quality, rather than that of sensor data
    """

    role: str

    def __init__(self, program: Path, domain: int, topic: Topic, reliable: bool) -> None:
        self.topic = topic
        self._given: set[str] = set()
        self.peer = Peer(program, domain, topic, self.role, reliable)
        self.transport = CycloneTransport(domain)

    @abstractmethod
    def give(self, sample: Sample) -> None:
        """Send it."""

    @abstractmethod
    def take(self, until: float) -> str | None:
        """The line of the next message that arrives; None if none did until then, by the monotonic clock."""

    def open(self, sample: Sample, until: float) -> bool:
        """Send until something arrives, which says that both have found each other."""
        line = None
        while line is None and time.monotonic() < until:
            line = self.exchange(sample, min(until, time.monotonic() + AGAIN))
        return line is not None

    def exchange(self, sample: Sample, until: float) -> str | None:
        """Send, and the line that arrives for it; None if none did until then.

        What was sent earlier may arrive now, on a busy machine seconds later, and does not count.
        """
        self.give(sample)
        line = self.take(until)
        while line != sample.line and line in self._given:
            line = self.take(until)
        self._given.add(sample.line)
        return line

    def close(self) -> None:
        """Leave the domain, and end the peer."""
        self.peer.close()
        self.transport.close()


class Outgoing(End):
    """From our transport to the peer."""

    role = "receive"

    def __init__(self, program: Path, domain: int, topic: Topic, reliable: bool) -> None:
        super().__init__(program, domain, topic, reliable)
        self._send = self.transport.publisher(topic)

    def give(self, sample: Sample) -> None:
        """As the deployment does."""
        self._send(sample.payload)

    def take(self, until: float) -> str | None:
        """What the peer says."""
        try:
            return self.peer.lines.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            return None


class Incoming(End):
    """From the peer to our transport."""

    role = "send"

    def __init__(self, program: Path, domain: int, topic: Topic, reliable: bool) -> None:
        super().__init__(program, domain, topic, reliable)
        self._mailbox = self.transport.mailbox(topic)
        self._taken = 0

    def open(self, sample: Sample, until: float) -> bool:
        """The peer's publisher must have been noticed before it says anything."""
        seen = _comes_true(lambda: self.transport.other_publishers(self.topic) == 1, until)
        return seen and super().open(sample, until)

    def give(self, sample: Sample) -> None:
        """The peer seals it."""
        self.peer.tell(sample.unsealed)

    def take(self, until: float) -> str | None:
        """What our own reader makes of it, be it why it refuses it."""
        if not _comes_true(lambda: self._number() > self._taken, until):
            return None
        last = self._mailbox.last
        assert last is not None
        self._taken = last.number
        try:
            return received(self.topic.kind, last.payload)
        except BridgeError as error:
            return str(error)

    def _number(self) -> int:
        last = self._mailbox.last
        return 0 if last is None else last.number


def _comes_true(condition: Callable[[], bool], until: float) -> bool:
    while not (true := condition()) and time.monotonic() < until:
        time.sleep(PAUSE)
    return true
