"""Stretches of frames, and what the G1's arms reach."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from envs.robots.g1.crouch import crouch_lean
from robolearn.retarget.reach import ARM, CROUCHES, beyond_reach, stretches

few = settings(max_examples=40)


def test_crouches_are_the_robots() -> None:
    heights, leans = torch.tensor(CROUCHES).T
    torch.testing.assert_close(crouch_lean(heights), leans, atol=0.01, rtol=0)


@few
@given(hnp.arrays(bool, st.tuples(st.integers(0, 20), st.just(2))))
def test_stretches_are_the_runs(frames: np.ndarray) -> None:
    rebuilt = np.zeros_like(frames)
    found = stretches(frames)
    for stretch in found:
        assert stretch.first < stretch.end
        rebuilt[stretch.first : stretch.end, ("left", "right").index(stretch.hand)] = True
    np.testing.assert_array_equal(rebuilt, frames)
    edges = (np.diff(frames.astype(int), axis=0, prepend=0) > 0).sum()
    assert len(found) == edges


def test_hands_within_and_beyond_reach() -> None:
    left = np.array([[0.25, 0.15, 0.9], [0.30, 0.15, 0.3], [0.60, 0.15, 0.9], [0.2, 0.15, 1.6]])
    both = np.stack((left, left * (1, -1, 1)), axis=1)
    expected = [False, False, True, True]
    np.testing.assert_array_equal(beyond_reach(both), np.stack((expected, expected), -1))


@few
@given(st.floats(0.0, 6.28), st.floats(-1.5, 1.5), st.booleans())
def test_the_arm_is_as_long_in_every_direction_up(around: float, up: float, far: bool) -> None:
    direction = np.array([np.cos(around) * np.cos(up), np.sin(around) * np.cos(up), abs(np.sin(up))])
    hand = np.array([0.0, 0.1405, 0.74 + 0.289]) + direction * ARM * (1.01 if far else 0.99)
    position = np.stack((hand, hand * (1, -1, 1)))[None]
    found = beyond_reach(position)
    assert found[0, 0] == found[0, 1]
    assert far or not found.any()
