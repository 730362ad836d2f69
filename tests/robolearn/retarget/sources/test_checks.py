"""Rates from time stamps, and units of what is recorded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robolearn.retarget.sources.checks import check_position, closed_share, rate_of, unit_quaternions
from robolearn.retarget.sources.refusal import Fault

few = settings(max_examples=40)


@few
@given(st.integers(2, 400), st.sampled_from((15, 20, 25, 30, 50)), st.integers(0, 100))
def test_a_jittering_clock_still_has_its_rate(frames: int, rate: int, seed: int) -> None:
    times = np.arange(frames) / rate
    assert rate_of("timestamp", times) == rate
    times += np.random.default_rng(seed).uniform(0, 0.0005, frames)
    assert rate_of("timestamp", times + 5.0) == pytest.approx(rate, rel=0.03)


def test_a_rate_that_is_not_whole() -> None:
    assert rate_of("timestamp", np.arange(50) / 12.5) == pytest.approx(12.5)


@pytest.mark.parametrize(
    ("intervals", "message"),
    [
        ([1 / 30] * 10 + [1 / 15] * 10, "'timestamp' is irregular"),
        (
            [1 / 30] * 20 + [1 / 34] * 15,
            "'timestamp' has mixed rates: mostly 30.00 Hz, but 31.59 Hz over all",
        ),
        ([1 / 30] * 10 + [0.5] + [1 / 30] * 10, "irregular: 0.5 s after frame 10, where most .* 0.03333 s"),
        ([1 / 30] * 10 + [0.0] + [1 / 30] * 10, "does not increase after frame 10"),
        ([1 / 30] * 3 + [-0.1] + [1 / 30] * 10, "does not increase after frame 3"),
        ([1 / 30, np.nan, 1 / 30], "does not increase after frame 1"),
        ([5.0] * 10, "has 5 s between frames: expected at most 1.0 s"),
    ],
)
def test_irregular_time_stamps(intervals: list[float], message: str) -> None:
    with pytest.raises(Fault, match=message):
        rate_of("timestamp", np.concatenate(([0.0], np.cumsum(intervals))))


def test_quaternions_of_another_length() -> None:
    values = np.zeros((4, 2, 4))
    values[..., 3] = 1.001
    np.testing.assert_allclose(np.linalg.norm(unit_quaternions("q", values), axis=-1), 1.0)
    values[2, 1] = 0.0
    with pytest.raises(Fault, match="'q' has length 0 in frame 2, right: expected 1"):
        unit_quaternions("q", values)


def test_positions_in_millimetres() -> None:
    with pytest.raises(Fault, match=r"'p' is 450 m in frame 0, left: expected at most 3\.0 m"):
        check_position("p", np.full((2, 2, 3), 450.0))


def test_grippers_between_open_and_closed() -> None:
    found = closed_share("g", np.array([[120.0, 35.0], [77.5, 34.0]]), 120.0, 35.0)
    np.testing.assert_allclose(found, [[0.0, 1.0], [0.5, 1.0]])
    with pytest.raises(Fault, match=r"'g' is 60 in frame 0, left: expected 0 \(open\) to 1 \(closed\)"):
        closed_share("g", np.array([[60.0, 0.0]]), 0.0, 1.0)
