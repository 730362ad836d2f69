"""Mailboxes, and participants without a network."""

import pytest

from robolearn.bridge.errors import BridgeError
from robolearn.bridge.topics import LOW_COMMANDS, LOW_STATES
from robolearn.bridge.transport import Arrival, LoopbackNetwork, Mailbox


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 10.0

    def __call__(self) -> float:
        return self.now


def test_a_mailbox_keeps_the_last_message_and_when_it_came() -> None:
    clock = SetClock()
    box = Mailbox(clock)
    assert box.last is None and box.age() == float("inf")
    box.put(b"first")
    clock.now = 10.5
    assert box.last == Arrival(b"first", 10.0, 1) and box.age() == 0.5
    box.put(b"second")
    assert box.last == box.last == Arrival(b"second", 10.5, 2) and box.age() == 0.0


def test_a_mailbox_keeps_what_came_since_somebody_looked() -> None:
    box = Mailbox(SetClock())
    assert box.after(0) == ()
    for count in range(40):
        box.put(b"%d" % count)
    assert [arrival.payload for arrival in box.after(38)] == [b"38", b"39"]
    assert [arrival.number for arrival in box.after(0)] == list(range(25, 41))


def test_messages_reach_the_others_and_not_oneself() -> None:
    clock = SetClock()
    network = LoopbackNetwork(clock)
    robot, brain, listener = network.join(), network.join(), network.join()
    boxes = [participant.mailbox(LOW_COMMANDS) for participant in (robot, brain, listener)]
    elsewhere = robot.mailbox(LOW_STATES)
    brain.publisher(LOW_COMMANDS)(b"command")
    assert [box.last for box in boxes] == [
        Arrival(b"command", 10.0, 1),
        None,
        Arrival(b"command", 10.0, 1),
    ]
    assert elsewhere.last is None
    assert robot.mailbox(LOW_COMMANDS) is boxes[0]


def test_other_publishers_are_counted() -> None:
    network = LoopbackNetwork()
    ours, theirs = network.join(), network.join()
    ours.publisher(LOW_COMMANDS)
    assert (ours.other_publishers(LOW_COMMANDS), theirs.other_publishers(LOW_COMMANDS)) == (0, 1)
    theirs.publisher(LOW_COMMANDS)
    assert ours.other_publishers(LOW_COMMANDS) == 1
    theirs.close()
    assert ours.other_publishers(LOW_COMMANDS) == 0


def test_one_who_left_neither_sends_nor_receives() -> None:
    network = LoopbackNetwork()
    ours, theirs = network.join(), network.join()
    box, send = theirs.mailbox(LOW_STATES), theirs.publisher(LOW_STATES)
    theirs.close()
    ours.publisher(LOW_STATES)(b"state")
    assert box.last is None
    with pytest.raises(BridgeError, match="has left the network"):
        send(b"state")
