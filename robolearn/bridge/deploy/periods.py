"""How well a loop holds its rate, and what it costs."""

import time
from typing import Final

import numpy as np

from robolearn.bridge.transport import Clock

RESOLUTION: Final = 1e-5
"""Of the quantiles [s]; chosen: a two hundredth of a command period."""

_COUNTED: Final = 2**14
"""Periods are told apart up to this many times the resolution, 0.16 s; chosen."""


class Periods:
    """Of one loop, in one thread.

    period: that it should have [s]
    cpu: the thread's own computing time [s]

    count: periods so far
    worst: the longest [s]
    missed: deadlines that passed without a tick
    """

    def __init__(self, period: float, cpu: Clock = time.thread_time) -> None:
        self._period, self._cpu = period, cpu
        # A histogram, so that the quantiles of hours cost neither memory nor time.
        self._histogram = np.zeros(_COUNTED + 1, dtype=np.int64)
        self._began = self._last = 0.0
        self._cpu_began = self._cpu_last = 0.0
        self._ticked = False
        self.count = 0
        self.worst = 0.0
        self.missed = 0

    def tick(self, now: float) -> None:
        """The loop begins a tick at the time `now` [s]."""
        self._cpu_last = self._cpu()
        if self._ticked:
            took = now - self._last
            self._histogram[max(min(int(took / RESOLUTION), _COUNTED), 0)] += 1
            self.count += 1
            self.worst = max(self.worst, took)
            self.missed += max(round(took / self._period) - 1, 0)
        else:
            self._ticked, self._began, self._cpu_began = True, now, self._cpu_last
        self._last = now

    @property
    def cpu_share(self) -> float:
        """Of one core that the thread had, from the first tick to the last; 0 before two ticks."""
        elapsed = self._last - self._began
        return (self._cpu_last - self._cpu_began) / elapsed if elapsed > 0.0 else 0.0

    def summary(self) -> dict[str, float | int]:
        """Figures by name, of all ticks: `period_..._ms`, `cpu_share`, `ticks` and `missed`.

        Nothing but the last two before two ticks.
        """
        counts: dict[str, float | int] = {"ticks": self.count, "missed": self.missed}
        if not self.count:
            return counts
        times = {"p50": self._quantile(0.5), "p99": self._quantile(0.99), "worst": self.worst}
        figures = {f"period_{name}_ms": round(1000.0 * value, 3) for name, value in times.items()}
        return counts | figures | {"cpu_share": round(self.cpu_share, 4)}

    def _quantile(self, share: float) -> float:
        """That `share` of the periods do not exceed [s], to within `RESOLUTION`."""
        reached = np.cumsum(self._histogram)
        place = int(np.searchsorted(reached, share * reached[-1]))
        return self.worst if place == _COUNTED else min(RESOLUTION * (place + 1), self.worst)
