"""From 30 to 50 Hz: lengths, ends, and what lies between frames."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hand_trajectories import random_trajectory
from robolearn.errors import UserError
from robolearn.retarget.quaternions import angle_between
from robolearn.retarget.resampling import resample, resampled_length

few = settings(max_examples=30)
frames = st.integers(2, 60)


@given(st.integers(0, 10_000))
def test_fifty_hertz_have_five_frames_for_three(count: int) -> None:
    assert resampled_length(count, 30.0, 50.0) == int(count * 5 / 3)


@few
@given(frames, st.integers(0, 100))
def test_the_ends_stay_what_they_are(count: int, seed: int) -> None:
    before = random_trajectory(count, seed)
    after = resample(before, 50.0)
    assert (len(after), after.rate) == (int(count * 5 / 3), 50.0)
    for end in (0, -1):
        np.testing.assert_allclose(after.hand_position[end], before.hand_position[end], atol=1e-12)
        turn = angle_between(after.hand_quaternion[end], before.hand_quaternion[end])
        np.testing.assert_allclose(turn, 0.0, atol=1e-6)
        np.testing.assert_allclose(after.gripper[end], before.gripper[end], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(after.hand_quaternion, axis=-1), 1.0, atol=1e-9)


@few
@given(st.integers(4, 60), st.integers(0, 100))
def test_cubics_come_back_exactly(count: int, seed: int) -> None:
    coefficients = np.random.default_rng(seed).normal(size=(4, 2, 3))
    cubic = np.polynomial.Polynomial

    def at(time: np.ndarray) -> np.ndarray:
        curves = [cubic(column)(time) for column in coefficients.reshape(4, 6).T]
        return np.stack(curves, -1).reshape(-1, 2, 3)

    before = replace(random_trajectory(count), hand_position=at(np.linspace(0, 1, count)))
    after = resample(before, 50.0)
    np.testing.assert_allclose(after.hand_position, at(np.linspace(0, 1, len(after))), atol=1e-9)


def test_turning_at_a_steady_pace_stays_so_through_half_turns() -> None:
    angles = np.linspace(0.0, 7.0, 31)
    quaternion = np.zeros((31, 2, 4))
    quaternion[..., 0], quaternion[..., 3] = np.cos(angles / 2)[:, None], np.sin(angles / 2)[:, None]
    flipped = replace(
        random_trajectory(31), hand_quaternion=quaternion * (-1.0) ** np.arange(31)[:, None, None]
    )
    after = resample(flipped, 50.0).hand_quaternion
    np.testing.assert_allclose(angle_between(after[1:], after[:-1]), 7.0 / (len(after) - 1), atol=1e-9)
    assert ((after[1:] * after[:-1]).sum(-1) > 0).all()


def test_the_same_rate_changes_nothing() -> None:
    before = random_trajectory(20)
    after = resample(before, 30.0)
    np.testing.assert_allclose(after.hand_position, before.hand_position, atol=1e-12)
    np.testing.assert_allclose(angle_between(after.hand_quaternion, before.hand_quaternion), 0.0, atol=1e-6)


def test_too_short_a_trajectory_is_named() -> None:
    with pytest.raises(UserError, match="episode 1/0 has 2 frames at 30 Hz: too short for 10 Hz"):
        resample(random_trajectory(2), 10.0)
