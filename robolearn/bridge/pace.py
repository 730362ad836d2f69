"""Keeps a loop at its rate."""

import time

from robolearn.bridge.transport import Clock


class Pace:
    """Of one loop.

    period: between two ticks [s]
    """

    def __init__(self, period: float, clock: Clock = time.monotonic) -> None:
        self._period, self._clock = period, clock
        self._due = clock()

    def wait(self) -> None:
        """Sleep until the next tick is due; deadlines that have passed are left out, not made up for."""
        now = self._clock()
        self._due += self._period
        if self._due < now:
            self._due = now
        else:
            time.sleep(self._due - now)
