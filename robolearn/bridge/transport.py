"""What carries messages: bytes on topics, of which a reader keeps the last few."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from robolearn.bridge.errors import BridgeError
from robolearn.bridge.topics import Topic

Clock = Callable[[], float]
"""Seconds since whenever, never going back."""

Publisher = Callable[[bytes], None]
"""Sends a message, header included, and does not wait for anybody. Raises BridgeError where it cannot."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it came.

    payload: its bytes, header included
    at: when it came, by the transport's clock [s]
    number: of this message among all that came on its topic, from 1
    """

    payload: bytes
    at: float
    number: int


KEPT: Final = 16
"""Messages of a topic that a mailbox keeps; chosen: more than anybody sends between two looks at it."""


class Bell:
    """Tells that something came to any of the mailboxes that ring it.

    rung: whether it did; whoever looks into them sets it to False first
    """

    def __init__(self) -> None:
        self.rung = False


class Mailbox:
    """The last messages of one topic, put by one thread and read by any.

    number: of the last message, 0 before the first
    last: message that came, however often it was read already; None before the first
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Replaced, never changed, so that readers in other threads need no lock.
        self._kept: tuple[Arrival, ...] = ()
        self._bells: tuple[Bell, ...] = ()
        self.number = 0
        self.last: Arrival | None = None

    def put(self, payload: bytes) -> None:
        """A message came just now."""
        number = self.number + 1
        arrival = Arrival(payload, self._clock(), number)
        self._kept = (*self._kept[1 - KEPT :], arrival)
        self.last, self.number = arrival, number
        for bell in self._bells:
            bell.rung = True

    def ring(self, bell: Bell) -> None:
        """Ring it from now on whenever a message came."""
        self._bells = (*self._bells, bell)

    def after(self, number: int) -> tuple[Arrival, ...]:
        """The messages that came after that of a number, oldest first; of many the last `KEPT`."""
        return tuple(arrival for arrival in self._kept if arrival.number > number)

    def age(self) -> float:
        """Since the last message came [s]; infinite before the first."""
        last = self.last
        return float("inf") if last is None else self._clock() - last.at


class Transport(ABC):
    """One participant among others. What it sends does not come back to its own mailboxes."""

    @abstractmethod
    def publisher(self, topic: Topic) -> Publisher:
        """What sends messages on `topic`."""

    @abstractmethod
    def mailbox(self, topic: Topic) -> Mailbox:
        """Where messages of `topic` arrive from now on; the same one for the same topic."""

    @abstractmethod
    def other_publishers(self, topic: Topic) -> int:
        """How many publishers on `topic` there are beside this participant's own.

        One that is silent counts too; whether one speaks tells the mailbox. The first call only begins to
        listen: others appear some tenths of a second later.
        """

    @abstractmethod
    def close(self) -> None:
        """Leave; the transport and its publishers must not be used afterwards."""


class LoopbackNetwork:
    """Participants of one process, without a network: messages arrive before the call that sends them ends.

    clock: of the arrivals, such as a test's own
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.clock = clock
        self.participants: list[LoopbackTransport] = []

    def join(self) -> "LoopbackTransport":
        """A new participant."""
        participant = LoopbackTransport(self)
        self.participants.append(participant)
        return participant


class LoopbackTransport(Transport):
    """A participant of a `LoopbackNetwork`, made by its `join`."""

    def __init__(self, network: LoopbackNetwork) -> None:
        self._network = network
        self._mailboxes: dict[Topic, Mailbox] = {}
        self._published: set[Topic] = set()

    def publisher(self, topic: Topic) -> Publisher:
        """What puts messages into the others' mailboxes; it raises BridgeError once this one has left."""
        self._published.add(topic)

        def send(payload: bytes) -> None:
            for other in self._others():
                if topic in other._mailboxes:
                    other._mailboxes[topic].put(payload)

        return send

    def mailbox(self, topic: Topic) -> Mailbox:
        """Where messages of `topic` arrive from now on."""
        return self._mailboxes.setdefault(topic, Mailbox(self._network.clock))

    def other_publishers(self, topic: Topic) -> int:
        """At once: here nobody is far away."""
        return sum(topic in other._published for other in self._others())

    def close(self) -> None:
        """Leave the network."""
        self._network.participants.remove(self)

    def _others(self) -> "list[LoopbackTransport]":
        if self not in self._network.participants:
            raise BridgeError("this participant has left the network")
        return [other for other in self._network.participants if other is not self]
