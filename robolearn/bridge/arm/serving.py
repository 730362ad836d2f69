"""A simulated arm on a network, step by step."""

from collections.abc import Mapping
from typing import Protocol

from robolearn.bridge.arm.topics import ARM_TARGETS, EPISODE_REQUESTS, FINGER_TARGETS, POSE_TARGETS
from robolearn.bridge.topics import Topic
from robolearn.bridge.transport import Publisher, Transport

HEARD = (EPISODE_REQUESTS, FINGER_TARGETS, POSE_TARGETS, ARM_TARGETS)


class SimulatedArm(Protocol):
    """Commands in, states out; a `SimulatedPanda` is one."""

    def step(self, now: int, commands: Mapping[Topic, bytes]) -> list[tuple[Topic, bytes]]:
        """One step at the time `now` [ns], with the last new command of each topic; what is published."""
        ...


class ServedArm:
    """Takes messages to an arm, and publishes what it says."""

    def __init__(self, arm: SimulatedArm, transport: Transport) -> None:
        self._arm, self._transport = arm, transport
        self._mailboxes = {topic: transport.mailbox(topic) for topic in HEARD}
        self._taken = dict.fromkeys(HEARD, 0)
        self._publishers: dict[Topic, Publisher] = {}

    def step(self, now: int) -> bool:
        """One step of the arm; returns whether it said anything. now: [ns]."""
        said = self._arm.step(now, self._commands())
        for topic, payload in said:
            if topic not in self._publishers:
                self._publishers[topic] = self._transport.publisher(topic)
            self._publishers[topic](payload)
        return bool(said)

    def _commands(self) -> dict[Topic, bytes]:
        found: dict[Topic, bytes] = {}
        for topic, mailbox in self._mailboxes.items():
            arrival = mailbox.last
            if arrival is not None and arrival.number != self._taken[topic]:
                self._taken[topic] = arrival.number
                found[topic] = arrival.payload
        return found
