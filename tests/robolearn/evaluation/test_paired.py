import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robolearn.evaluation.paired import compare, difference_interval, mcnemar_exact

tables = st.tuples(*[st.integers(0, 60)] * 4).filter(lambda counts: sum(counts) > 0)


def test_published_interval() -> None:
    """Table II of Newcombe 1998, Statistics in Medicine 17:2635: 36, 12, 2, 0 by method 10."""
    assert difference_interval(36, 2, 12, 0) == pytest.approx((0.0569, 0.3404), abs=5e-5)


@given(st.integers(0, 25), st.integers(0, 25))
def test_mcnemar_sums_the_tails_of_a_fair_coin(only_a: int, only_b: int) -> None:
    discordant, least = only_a + only_b, min(only_a, only_b)
    tail = sum(math.comb(discordant, k) for k in range(least + 1)) / 2**discordant
    assert mcnemar_exact(only_a, only_b) == pytest.approx(min(1.0, 2 * tail))


@given(tables)
def test_exchanging_the_policies_mirrors_the_interval(counts: tuple[int, int, int, int]) -> None:
    both, only_a, only_b, neither = counts
    low, high = difference_interval(both, only_a, only_b, neither)
    assert -1.0 - 1e-9 <= low <= (only_b - only_a) / sum(counts) + 1e-12
    assert (only_b - only_a) / sum(counts) - 1e-12 <= high <= 1.0 + 1e-9
    assert difference_interval(both, only_b, only_a, neither) == pytest.approx((-high, -low), abs=1e-12)


def test_interval_covers_the_truth() -> None:
    generator = np.random.default_rng(0)
    cells = np.array([0.45, 0.05, 0.30, 0.20])
    samples = generator.multinomial(80, cells, size=1500)
    limits = np.array([difference_interval(*map(int, sample)) for sample in samples])
    covered = ((limits[:, 0] <= 0.25) & (limits[:, 1] >= 0.25)).mean()
    assert 0.935 < covered < 0.975


def test_compare_counts_pairs() -> None:
    a = np.array([True, True, False, False, False])
    b = np.array([True, False, True, True, False])
    result = compare(a, b)
    assert (result.both, result.only_a, result.only_b, result.neither) == (1, 1, 2, 1)
    assert result.difference == pytest.approx(0.2)
    assert result.to_json()["difference_ci95"] == list(result.difference_ci95)


def test_compare_refuses_what_is_not_paired() -> None:
    with pytest.raises(ValueError, match="not pairs"):
        compare(np.array([True]), np.array([True, False]))
