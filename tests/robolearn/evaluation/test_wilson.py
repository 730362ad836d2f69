import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robolearn.evaluation.wilson import wilson_interval

counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_intervals(successes: int, trials: int, low: float, high: float) -> None:
    """Table I of Newcombe 1998, Statistics in Medicine 17:857, method 3."""
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(counts)
def test_limits_solve_the_score_equation(pair: tuple[int, int]) -> None:
    """Wilson's limits are the rates p with |k/n - p| = z sqrt(p (1 - p) / n)."""
    successes, trials = pair
    observed = successes / trials
    for limit in wilson_interval(successes, trials):
        distance = 1.959963984540054 * math.sqrt(max(0.0, limit * (1 - limit) / trials))
        assert abs(observed - limit) == pytest.approx(distance, abs=1e-7)


@given(counts)
def test_contains_the_rate_and_mirrors(pair: tuple[int, int]) -> None:
    successes, trials = pair
    low, high = wilson_interval(successes, trials)
    assert 0.0 <= low <= successes / trials <= high <= 1.0
    mirrored = wilson_interval(trials - successes, trials)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_more_trials_narrow_it() -> None:
    widths = [high - low for low, high in (wilson_interval(n // 2, n) for n in (10, 100, 1000))]
    assert widths == sorted(widths, reverse=True)


def test_no_trials_say_nothing_and_impossible_counts_are_refused() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="5 successes of 4"):
        wilson_interval(5, 4)
