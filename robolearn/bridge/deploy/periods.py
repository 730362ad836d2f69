"""How well a loop holds its rate, and what it costs."""

import math
import time
from array import array
from typing import Final

import numpy as np
from numpy.typing import NDArray

from robolearn.bridge.transport import Clock

RESOLUTION: Final = 1e-5
"""Of the quantiles [s]; chosen: a two hundredth of a command period."""

_SAMPLED_EVERY: Final = 0.1
"""Between two looks at the computing time [s]; chosen."""

_COUNTED: Final = 2**14
"""Periods are told apart up to this many times the resolution, 0.16 s; chosen."""


class Periods:
    """Of one loop, in one thread.

    period: that it should have [s]
    cpu: the thread's own computing time [s]

    missed: deadlines that passed without a tick
    """

    def __init__(self, period: float, cpu: Clock = time.thread_time) -> None:
        self._period, self._cpu = period, cpu
        self._punctual = 1.5 * period
        # A histogram, so that the quantiles of hours cost neither memory nor time.
        self._histogram = array("q", bytes(8 * (_COUNTED + 1)))
        self._last = self._sample_at = -math.inf
        self._began = self._sampled = 0.0
        self._cpu_began = self._cpu_sampled = 0.0
        self._worst = 0.0
        self.missed = 0

    def tick(self, now: float) -> None:
        """The loop begins a tick at the time `now` [s]."""
        took = now - self._last
        self._last = now
        if 0.0 <= took < self._punctual:
            self._histogram[int(took / RESOLUTION)] += 1
        elif took < math.inf:
            self._count_unusual(took)
        if now >= self._sample_at:
            self._sample(now)

    def _count_unusual(self, took: float) -> None:
        self._histogram[max(min(int(took / RESOLUTION), _COUNTED), 0)] += 1
        self._worst = max(self._worst, took)
        self.missed += max(round(took / self._period) - 1, 0)

    def _sample(self, now: float) -> None:
        cpu = self._cpu()
        if self._sample_at == -math.inf:
            self._began, self._cpu_began = now, cpu
        self._sampled, self._cpu_sampled = now, cpu
        self._sample_at = now + _SAMPLED_EVERY

    @property
    def cpu_share(self) -> float:
        """Of one core that the thread had, from the first tick to one a tenth of a second ago or less."""
        elapsed = self._sampled - self._began
        return (self._cpu_sampled - self._cpu_began) / elapsed if elapsed > 0.0 else 0.0

    def summary(self) -> dict[str, float | int]:
        """Figures by name, of all ticks: `period_..._ms`, `cpu_share`, `ticks` and `missed`.

        Nothing but the last two before two ticks. The worst is to within `RESOLUTION` where none was late.
        """
        reached = np.cumsum(self._histogram)
        counts: dict[str, float | int] = {"ticks": int(reached[-1]), "missed": self.missed}
        if not reached[-1]:
            return counts
        worst = self._worst or RESOLUTION * (int(np.searchsorted(reached, reached[-1])) + 1)
        times = {f"p{share}": _quantile(reached, share / 100, worst) for share in (50, 99)}
        figures = {
            f"period_{name}_ms": round(1000.0 * value, 3)
            for name, value in (times | {"worst": worst}).items()
        }
        return counts | figures | {"cpu_share": round(self.cpu_share, 4)}


def _quantile(reached: NDArray[np.int64], share: float, worst: float) -> float:
    """That `share` of the periods do not exceed [s], to within `RESOLUTION`.

    reached: (C,) periods that are no longer than so many times the resolution
    """
    place = int(np.searchsorted(reached, share * reached[-1]))
    return worst if place == _COUNTED else min(RESOLUTION * (place + 1), worst)
