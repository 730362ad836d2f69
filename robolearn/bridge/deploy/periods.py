"""How well a loop holds its rate."""

from typing import Final

import numpy as np

_KEPT: Final = 2**16
"""Periods that the quantiles are of, the newest; chosen: two minutes of 500 a second."""


class Periods:
    """Of one loop.

    period: that it should have [s]

    count: periods so far
    worst: the longest [s]
    missed: deadlines that passed without a tick
    """

    def __init__(self, period: float) -> None:
        self._period = period
        self._kept = np.zeros(_KEPT, dtype=np.float32)
        self._last: float | None = None
        self.count = 0
        self.worst = 0.0
        self.missed = 0

    def tick(self, now: float) -> None:
        """The loop begins a tick at the time `now` [s]."""
        if self._last is not None:
            took = now - self._last
            self._kept[self.count % _KEPT] = took
            self.count += 1
            self.worst = max(self.worst, took)
            self.missed += max(round(took / self._period) - 1, 0)
        self._last = now

    def summary(self) -> dict[str, float | int]:
        """Figures by name: `period_..._ms`, `ticks` and `missed`; nothing but these two before two ticks."""
        counts: dict[str, float | int] = {"ticks": self.count, "missed": self.missed}
        if not self.count:
            return counts
        p50, p99 = np.quantile(self._kept[: min(self.count, _KEPT)], (0.5, 0.99))
        times = {"p50": float(p50), "p99": float(p99), "worst": self.worst}
        return counts | {f"period_{name}_ms": round(1000.0 * value, 3) for name, value in times.items()}
