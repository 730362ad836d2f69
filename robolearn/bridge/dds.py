"""Messages over DDS, by cyclonedds: to Unitree's robots and to ROS 2, which both speak it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cyclonedds._clayer import ddspy_take, ddspy_write
from cyclonedds.core import (
    DDSException,
    GuardCondition,
    InstanceState,
    ReadCondition,
    SampleState,
    ViewState,
    WaitSet,
)
from cyclonedds.domain import Domain, DomainParticipant
from cyclonedds.pub import DataWriter
from cyclonedds.qos import Policy, Qos
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic as DdsTopic
from cyclonedds.util import duration

from robolearn.bridge.errors import BridgeError
from robolearn.bridge.idl_types import idl_type
from robolearn.bridge.names import dds_topic
from robolearn.bridge.topics import Topic
from robolearn.bridge.transport import KEPT, Clock, Mailbox, Publisher, Transport

_ANY: Final = SampleState.Any | ViewState.Any | InstanceState.Any

_WORD: Final = 4
"""Bytes in which RTPS counts."""

_domains: dict[int, tuple[str, Domain]] = {}
"""Of this process: DDS configures each once, for all its participants."""


def bound_to(attribute: str, value: str) -> str:
    """Cyclone's configuration for one network interface: by its `name`, such as `eth0`, or its `address`."""
    interface = f'<NetworkInterface {attribute}="{value}" multicast="true"/>'
    return (
        f"<CycloneDDS><Domain><General><Interfaces>{interface}</Interfaces></General></Domain></CycloneDDS>"
    )


LOOPBACK_ONLY: Final = bound_to("address", "127.0.0.1")
"""The default, so that nothing moves a robot before somebody names its network."""


class CycloneTransport(Transport):
    """A participant of a DDS domain.

    domain_id: as ROS_DOMAIN_ID; robots of Unitree are in 0
    config: Cyclone's configuration, XML or a `file://` URI, the form of CYCLONEDDS_URI; that variable itself
        does not count
    clock: of the arrivals

    Raises BridgeError where DDS does not start, or has another configuration in this process already.
    """

    def __init__(
        self, domain_id: int = 0, config: str = LOOPBACK_ONLY, clock: Clock = time.monotonic
    ) -> None:
        self._clock = clock
        self._topics: dict[Topic, DdsTopic] = {}
        self._writers: dict[Topic, DataWriter] = {}
        self._readers: dict[Topic, tuple[DataReader, Mailbox]] = {}
        self._conditions: list[ReadCondition] = []
        self._open = True
        with _told(f"DDS domain {domain_id}"):
            _configure(domain_id, config)
            self._participant = DomainParticipant(domain_id)
            self._waiting = WaitSet(self._participant)
            self._woken = GuardCondition(self._participant)
            self._waiting.attach(self._woken)
        self._thread = threading.Thread(target=self._receive, name="dds reader", daemon=True)
        self._thread.start()

    def publisher(self, topic: Topic) -> Publisher:
        """What sends messages, whether or not somebody listens. Raises BridgeError where DDS refuses."""
        if topic not in self._writers:
            with _told(topic.name):
                self._writers[topic] = DataWriter(self._participant, self._topic(topic), _writer_qos())
        writer = self._writers[topic]

        def send(payload: bytes) -> None:
            if padding := -len(payload) % _WORD:
                payload += bytes(padding)
            status = ddspy_write(writer._ref, payload)
            if status < 0:
                raise BridgeError(f"{topic.name}: {DDSException(status, 'while sending')}")

        return send

    def mailbox(self, topic: Topic) -> Mailbox:
        """Where messages arrive, with up to three bytes of padding. Raises BridgeError where DDS refuses."""
        return self._reader(topic)[1]

    def other_publishers(self, topic: Topic) -> int:
        """Those that DDS has found. Raises BridgeError where DDS refuses."""
        reader, _ = self._reader(topic)
        with _told(topic.name):
            return len(reader.get_matched_publications())

    def close(self) -> None:
        """Stop receiving and leave the domain."""
        self._open = False
        self._woken.set(True)
        self._thread.join()
        del self._waiting, self._woken
        self._conditions.clear()
        self._readers.clear()
        self._writers.clear()
        self._topics.clear()
        del self._participant

    def _topic(self, topic: Topic) -> DdsTopic:
        if topic not in self._topics:
            self._topics[topic] = DdsTopic(self._participant, dds_topic(topic.name), idl_type(topic.kind))
        return self._topics[topic]

    def _reader(self, topic: Topic) -> tuple[DataReader, Mailbox]:
        if topic not in self._readers:
            with _told(topic.name):
                reader = DataReader(self._participant, self._topic(topic), _reader_qos(topic))
                condition = ReadCondition(reader, _ANY)
                self._readers[topic] = reader, Mailbox(self._clock)
                self._conditions.append(condition)
                self._waiting.attach(condition)
        return self._readers[topic]

    def _receive(self) -> None:
        """Move what arrives into the mailboxes, in a thread that sleeps while nothing does."""
        while self._open:
            self._waiting.wait(duration(infinite=True))
            for reader, mailbox in list(self._readers.values()):
                # The public call would build every message out of Python objects, 300 us each.
                for payload, information in ddspy_take(reader._ref, _ANY, KEPT):
                    if information.valid_data:
                        mailbox.put(payload)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Raises BridgeError for what DDS refuses."""
    try:
        yield
    except DDSException as error:
        raise BridgeError(f"{what}: {error}") from error


def _configure(domain_id: int, config: str) -> None:
    if domain_id not in _domains:
        _domains[domain_id] = config, Domain(domain_id, config)
    known, _ = _domains[domain_id]
    if known != config:
        raise BridgeError(
            f"DDS domain {domain_id} has another configuration in this process already: {known}"
        )


def _writer_qos() -> Qos:
    return Qos(
        Policy.Reliability.Reliable(max_blocking_time=0),
        Policy.History.KeepLast(1),
        Policy.DataRepresentation(use_cdrv0_representation=True),
    )


def _reader_qos(topic: Topic) -> Qos:
    reliable = Policy.Reliability.Reliable(max_blocking_time=0)
    return Qos(
        reliable if topic.reliable else Policy.Reliability.BestEffort,
        Policy.History.KeepLast(KEPT if topic.reliable else 1),
        Policy.IgnoreLocal.Participant,
        Policy.DataRepresentation(use_cdrv0_representation=True),
    )
