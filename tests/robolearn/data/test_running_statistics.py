"""Statistics of what passes by twice are those of the whole."""

import numpy as np
import pytest

from robolearn.data.running_statistics import RunningStatistics
from robolearn.data.statistics import QUANTILES, column_statistics


@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e6])
def test_parts_add_up_to_the_whole(scale: float) -> None:
    stream = np.random.default_rng(0)
    values = (scale * stream.normal((0.0, 5.0, -3.0), (1.0, 0.01, 2.0), (5000, 3))).astype(np.float32)
    values[:, 2] = np.round(values[:, 2] / scale)
    running = RunningStatistics()
    parts = np.split(values, [7, 8, 1000, 4000])
    for part in parts:
        running.add(part)
    for part in parts:
        running.refine(part)
    found, expected = running.result(), column_statistics(values)
    assert list(found) == list(expected)
    for name in ("min", "max", "mean", "std", "count"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-9)
    rows = values.astype(np.float64)
    bins = np.ptp(rows, axis=0) / 4096
    for name, share in QUANTILES.items():
        # A quantile may be anywhere between neighbours, which lie farther apart than a bin in the tails.
        low, high = np.quantile(rows, (share - 2 / len(rows), share + 2 / len(rows)), axis=0)
        assert (low - bins <= found[name]).all(), name
        assert (found[name] <= high + bins).all(), name


def test_what_never_changes_and_what_is_true_or_false() -> None:
    running = RunningStatistics()
    for values in (np.zeros(10), np.zeros(4)):
        running.add(values)
    for values in (np.zeros(10), np.zeros(4)):
        running.refine(values)
    found = running.result()
    assert {name: value for name, value in found.items() if value != [0.0]} == {"count": [14]}
    running = RunningStatistics()
    flags = np.arange(100) == 99
    running.add(flags)
    running.refine(flags)
    found = running.result()
    assert (found["min"], found["max"], found["mean"]) == ([0.0], [1.0], [0.01])
    assert found["q50"][0] < 1e-3
