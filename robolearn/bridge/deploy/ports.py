"""How the command loop and the policy tell each other their latest, without ever waiting."""

import contextlib
import select
import socket
from ctypes import c_uint64
from multiprocessing.sharedctypes import RawValue
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
    sent, received: how many datagrams this end and the other one have sent, in memory that both share: to
        look there costs a tenth of asking the system, and nine times of ten there is nothing
    """

    def __init__(self, connected: socket.socket, sent: c_uint64, received: c_uint64) -> None:
        connected.setblocking(False)
        self._socket, self._sent, self._received = connected, sent, received
        self._taken = 0
        self._message: Vector | None = None

    def put(self, message: Vector) -> None:
        """See Outbox. A peer that is gone or does not read misses it."""
        with contextlib.suppress(OSError):
            self._socket.send(message.tobytes())
            self._sent.value += 1

    def latest(self) -> Vector | None:
        """See Inbox."""
        if self._received.value != self._taken:
            self._taken = self._received.value
            self._take()
        return self._message

    def wait(self, seconds: float) -> None:
        """Sleep until something is there to be taken, at most for a time [s]."""
        select.select([self._socket], [], [], seconds)

    def close(self) -> None:
        """Neither end hears of the other from now on."""
        self._socket.close()

    def _take(self) -> None:
        # An error says that there is nothing more: of a peer that is gone there is nothing more either.
        with contextlib.suppress(OSError):
            while datagram := self._socket.recv(_LARGEST):
                # Into a bytearray, since torch warns of vectors that cannot be written to.
                self._message = np.frombuffer(bytearray(datagram))


def socket_ports() -> tuple[SocketPort, SocketPort]:
    """Both ends of a new pair; one may be handed to a process that is spawned."""
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    by_one, by_other = RawValue(c_uint64), RawValue(c_uint64)
    return SocketPort(one, by_one, by_other), SocketPort(other, by_other, by_one)


_LARGEST = 4096
"""Bytes of a datagram; more than any message here."""
