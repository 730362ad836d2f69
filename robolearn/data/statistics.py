"""Statistics of columns, as LeRobot keeps them beside a dataset and normalises from."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

QUANTILES = {"q01": 0.01, "q10": 0.1, "q50": 0.5, "q90": 0.9, "q99": 0.99}
LEVELS = 256
"""Values of a colour channel."""

Statistics = dict[str, list[Any]]


def column_statistics(values: NDArray[Any]) -> Statistics:
    """Of the columns of (T, D) or of a column (T,): minimum, maximum, mean, deviation, count, quantiles.

    The deviation is of the population; quantiles are interpolated linearly.
    """
    rows = np.asarray(values, dtype=np.float64).reshape(len(values), -1)
    quantiles = np.quantile(rows, list(QUANTILES.values()), axis=0)
    return {
        "min": rows.min(axis=0).tolist(),
        "max": rows.max(axis=0).tolist(),
        "mean": rows.mean(axis=0).tolist(),
        "std": rows.std(axis=0).tolist(),
        "count": [len(rows)],
        **{name: quantile.tolist() for name, quantile in zip(QUANTILES, quantiles, strict=True)},
    }


def colour_histogram(frame: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How often each of the 256 levels occurs in each channel of an (H, W, 3) picture, (3, 256)."""
    return np.stack([np.bincount(frame[..., channel].ravel(), minlength=LEVELS) for channel in range(3)])


def picture_statistics(histogram: NDArray[np.int64], frames: int) -> Statistics:
    """Of the channels of `frames` pictures, in [0, 1], each as a (3, 1, 1) nested list, from a histogram.

    Quantiles are the lowest level that at least that share of the pixels does not exceed.
    """
    levels = np.arange(LEVELS) / (LEVELS - 1)
    share = histogram / histogram.sum(axis=1, keepdims=True)
    mean = share @ levels
    cumulative = share.cumsum(axis=1)
    found = {
        "min": levels[(histogram > 0).argmax(axis=1)],
        "max": levels[LEVELS - 1 - (histogram[:, ::-1] > 0).argmax(axis=1)],
        "mean": mean,
        "std": np.sqrt((share * (levels - mean[:, None]) ** 2).sum(axis=1)),
        **{
            name: levels[(cumulative >= quantile - 1e-12).argmax(axis=1)]
            for name, quantile in QUANTILES.items()
        },
    }
    nested = {name: value.reshape(3, 1, 1).tolist() for name, value in found.items()}
    return nested | {"count": [frames]}
