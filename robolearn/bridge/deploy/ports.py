"""How the command loop and the policy tell each other their latest, without ever waiting."""

import contextlib
import select
import socket
from typing import Protocol

import numpy as np

from robolearn.bridge.safety.joints import Vector


class Outbox(Protocol):
    """Where one side puts its latest."""

    def put(self, message: Vector) -> None:
        """Leave a vector for the other side; never waits."""
        ...


class Inbox(Protocol):
    """Where the other side finds it."""

    def latest(self) -> Vector | None:
        """The newest vector, however often it was read already; None before the first. Never waits."""
        ...


class Slot:
    """Both within one program."""

    def __init__(self) -> None:
        self._message: Vector | None = None

    def put(self, message: Vector) -> None:
        """See Outbox."""
        self._message = message

    def latest(self) -> Vector | None:
        """See Inbox."""
        return self._message


class SocketPort:
    """One end of a pair between two processes; datagrams arrive whole or not at all.

    socket: of datagrams, connected; it is made not to wait
    """

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._poll = select.poll()
        self._poll.register(connected, select.POLLIN)
        self._message: Vector | None = None

    def put(self, message: Vector) -> None:
        """See Outbox. A peer that is gone or does not read misses it."""
        with contextlib.suppress(OSError):
            self._socket.send(message.tobytes())

    def latest(self) -> Vector | None:
        """See Inbox."""
        # Into a bytearray, since torch warns of vectors that cannot be written to.
        # No error but that there is nothing more: of a peer that is gone there is nothing more either.
        with contextlib.suppress(OSError):
            # To ask first is a quarter of an error, and nine times of ten there is nothing.
            while self._poll.poll(0):
                self._message = np.frombuffer(bytearray(self._socket.recv(_LARGEST)))
        return self._message


_LARGEST = 4096
"""Bytes of a datagram; more than any message here."""
