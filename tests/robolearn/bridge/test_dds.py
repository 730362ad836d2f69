"""Messages over DDS, within this process and to another one, on the loopback interface only."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from robolearn.bridge.dds import LOOPBACK_ONLY, CycloneTransport, bound_to
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.images import LOW_COMMAND, checksum, from_wire, seal, to_wire
from robolearn.bridge.message import decode, encode
from robolearn.bridge.messages.std_msgs import Bool
from robolearn.bridge.messages.unitree_hg import LowState
from robolearn.bridge.topics import EMERGENCY_STOP, LOW_COMMANDS, LOW_STATES

DOMAIN = 100 + os.getpid() % 100
"""Another one for test runs beside this one; DDS has 0 to 232."""

PATIENCE = 10.0

ECHO = """
import sys, time
from robolearn.bridge.dds import CycloneTransport
from robolearn.bridge.topics import LOW_COMMANDS

transport = CycloneTransport(int(sys.argv[1]))
box, send = transport.mailbox(LOW_COMMANDS), transport.publisher(LOW_COMMANDS)
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    if box.last is not None:
        send(box.last.payload)
    time.sleep(0.01)
"""


@pytest.fixture
def pair() -> Iterator[tuple[CycloneTransport, CycloneTransport]]:
    ours, theirs = CycloneTransport(DOMAIN), CycloneTransport(DOMAIN)
    yield ours, theirs
    theirs.close()
    ours.close()


def until(condition: Callable[[], bool]) -> bool:
    """Whether it came true within the time that a busy machine may take."""
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def test_the_last_message_arrives_with_its_time(pair: tuple[CycloneTransport, CycloneTransport]) -> None:
    ours, theirs = pair
    box, own = theirs.mailbox(LOW_STATES), ours.mailbox(LOW_STATES)
    send, before = ours.publisher(LOW_STATES), time.monotonic()
    assert until(lambda: theirs.other_publishers(LOW_STATES) == 1)
    for tick in (1, 2, 3):
        send(encode(LowState(tick=tick)))
    assert until(lambda: (last := box.last) is not None and decode(LowState, last.payload).tick == 3)
    last = box.last
    assert last is not None and before <= last.at <= time.monotonic() and last.number <= 3
    assert own.last is None and ours.other_publishers(LOW_STATES) == 0


def test_messages_are_padded_to_words(pair: tuple[CycloneTransport, CycloneTransport]) -> None:
    ours, theirs = pair
    box = theirs.mailbox(EMERGENCY_STOP)
    send = ours.publisher(EMERGENCY_STOP)
    assert until(lambda: theirs.other_publishers(EMERGENCY_STOP) == 1)
    send(encode(Bool(True)))
    assert until(lambda: box.last is not None)
    last = box.last
    assert last is not None and len(last.payload) == 8 and decode(Bool, last.payload) == Bool(True)


def test_a_command_goes_to_another_process_and_back() -> None:
    other = subprocess.Popen([sys.executable, "-c", ECHO, str(DOMAIN), str(2 * PATIENCE)])
    transport = CycloneTransport(DOMAIN)
    try:
        image = LOW_COMMAND.blank()
        image["motor_cmd"]["q"][:29] = 0.25
        seal(image)
        box, send = transport.mailbox(LOW_COMMANDS), transport.publisher(LOW_COMMANDS)

        def echoed() -> bool:
            send(to_wire(image, LOW_COMMAND))
            return box.last is not None

        assert until(echoed)
        last = box.last
        assert last is not None
        returned = from_wire(last.payload, LOW_COMMAND)
        assert returned.tobytes() == image.tobytes() and checksum(returned) == int(returned["crc"])
    finally:
        other.kill()
        other.wait()
        transport.close()


def test_one_configuration_a_domain(pair: tuple[CycloneTransport, CycloneTransport]) -> None:
    with pytest.raises(BridgeError, match=f"DDS domain {DOMAIN} has another configuration"):
        CycloneTransport(DOMAIN, bound_to("name", "eth0"))
    assert "127.0.0.1" in LOOPBACK_ONLY


def test_an_interface_that_is_not_there() -> None:
    with pytest.raises(BridgeError, match=f"DDS domain {DOMAIN + 100}"):
        CycloneTransport(DOMAIN + 100, bound_to("name", "no_such_interface"))
