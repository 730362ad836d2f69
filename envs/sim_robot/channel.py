"""A network between two programs that delays and loses messages, as a function of seed and clock."""

import math
from collections import deque

import numpy as np

from robolearn.bridge.sim_settings import Interference


class Channel:
    """One way of it. Messages stay in order, since DDS hands out none that is older than the last.

    seed, number: the same pair has the same fate, message by message
    """

    def __init__(self, seed: int, number: int) -> None:
        self._random = np.random.default_rng([seed, number])
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._last_due = -math.inf

    def send(self, now: float, payload: bytes, interference: Interference) -> None:
        """Take a message at the time `now` [s]."""
        # Drawn even where nothing depends on it, so that one setting does not change what another one meets.
        lost, late = self._random.random(2)
        if lost < interference.loss:
            return
        due = now + interference.latency + interference.jitter * late
        self._last_due = max(due, self._last_due)
        self._under_way.append((self._last_due, payload))

    def arrived(self, now: float) -> list[bytes]:
        """Messages that come out until `now` [s], in order, each once."""
        found = []
        while self._under_way and self._under_way[0][0] <= now:
            found.append(self._under_way.popleft()[1])
        return found
