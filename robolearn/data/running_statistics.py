"""Statistics of a column that does not fit into memory: its episodes pass by twice."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from robolearn.data.statistics import QUANTILES, Statistics

_BINS: Final = 4096
"""Between the extremes of an entry: what its quantiles are exact to. LeRobot's own have 5000."""


class RunningStatistics:
    """Of the columns of (T, D) or of a column (T,), with the names of `column_statistics`.

    First every episode is added, then every episode refines. Extremes, mean and deviation are those of
    `column_statistics` up to rounding; quantiles are within a 4096th of the entry's range of a value below
    which that share of the rows lies.
    """

    def __init__(self) -> None:
        self._count = 0
        self._minimum: NDArray[np.float64] = np.array(np.inf)
        self._maximum: NDArray[np.float64] = np.array(-np.inf)
        self._mean: NDArray[np.float64] = np.array(0.0)
        self._squares: NDArray[np.float64] = np.array(0.0)
        self._histogram: NDArray[np.int64] | None = None

    def add(self, values: NDArray[Any]) -> None:
        """Count an episode's rows."""
        rows = _rows(values)
        # Chan, Golub and LeVeque's pairwise update loses no digits over millions of rows.
        self._count += len(rows)
        share = len(rows) / self._count
        mean = rows.mean(axis=0)
        difference = mean - self._mean
        self._squares = (
            self._squares
            + np.square(rows - mean).sum(axis=0)
            + np.square(difference) * (self._count - len(rows)) * share
        )
        self._mean = self._mean + difference * share
        self._minimum = np.minimum(self._minimum, rows.min(axis=0))
        self._maximum = np.maximum(self._maximum, rows.max(axis=0))

    def refine(self, values: NDArray[Any]) -> None:
        """Sort an episode's rows, which `add` has seen, into the histograms."""
        rows = _rows(values)
        size = rows.shape[1]
        place = ((rows - self._minimum) / self._width()).astype(np.int64).clip(0, _BINS - 1)
        flat = (place + np.arange(size) * _BINS).ravel()
        found = np.bincount(flat, minlength=size * _BINS).reshape(size, _BINS)
        self._histogram = found if self._histogram is None else self._histogram + found

    def result(self) -> Statistics:
        """What was found, once every episode has been added and has refined."""
        found = {
            "min": self._minimum,
            "max": self._maximum,
            "mean": self._mean,
            "std": np.sqrt(self._squares / self._count),
        }
        listed: Statistics = {name: value.tolist() for name, value in found.items()}
        quantiles = {name: self._quantile(share).tolist() for name, share in QUANTILES.items()}
        return listed | {"count": [self._count]} | quantiles

    def _width(self) -> NDArray[np.float64]:
        """Of a bin; of entries that never change, any."""
        span = self._maximum - self._minimum
        return np.where(span > 0, span, 1.0) / _BINS

    def _quantile(self, share: float) -> NDArray[np.float64]:
        """The value below which that share of each entry's rows lies, interpolated within its bin."""
        assert self._histogram is not None
        wanted = share * self._count
        cumulative = self._histogram.cumsum(axis=1)
        place = (cumulative >= wanted).argmax(axis=1)
        entry = np.arange(len(place))
        inside = self._histogram[entry, place]
        part = (wanted - (cumulative[entry, place] - inside)) / inside
        value = self._minimum + (place + part) * self._width()
        return np.clip(value, self._minimum, self._maximum)


def _rows(values: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64).reshape(len(values), -1)
