"""Generated episodes: repeatable, smooth, where two arms on one body can be, and all over the heights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robolearn.retarget.generator.draw import Draw
from robolearn.retarget.generator.episode import perform, write_script
from robolearn.retarget.generator.motion import minimum_jerk
from robolearn.retarget.generator.tasks.table import TASKS
from robolearn.retarget.quaternions import angle_between
from robolearn.retarget.trajectory import HandTrajectory

few = settings(max_examples=40)
seeds, indices = st.integers(0, 2**64 - 1), st.integers(0, 10_000)

FASTEST = 1.2
"""m/s"""
HARDEST = 8.0
"""m/s^2"""
JERKIEST = 120.0
"""m/s^3"""
QUICKEST_TURN = 3.0
"""rad/s"""


@pytest.fixture(scope="module")
def episodes() -> list[HandTrajectory]:
    return [perform(write_script(3, index)) for index in range(64)]


@few
@given(seeds, indices)
def test_hands_are_smooth_and_slow_enough_for_a_robot(seed: int, index: int) -> None:
    episode = perform(write_script(seed, index))
    limits = (FASTEST, HARDEST, JERKIEST)
    for order, limit in enumerate(limits, start=1):
        derivative = np.diff(episode.hand_position, order, axis=0) * episode.rate**order
        assert np.linalg.norm(derivative, axis=-1).max() < limit
    turns = angle_between(episode.hand_quaternion[1:], episode.hand_quaternion[:-1]) * episode.rate
    assert turns.max() < QUICKEST_TURN
    assert ((episode.hand_quaternion[1:] * episode.hand_quaternion[:-1]).sum(-1) > 0).all()
    assert np.abs(np.diff(episode.gripper, axis=0)).max() < 0.15


@few
@given(seeds, indices)
def test_hands_are_where_two_arms_on_one_body_can_be(seed: int, index: int) -> None:
    episode = perform(write_script(seed, index))
    left, right = episode.hand_position[:, 0], episode.hand_position[:, 1]
    apart = np.linalg.norm(left - right, axis=-1)
    assert apart.min() >= 0.15
    assert apart.max() <= 0.9
    assert (left[:, 1] - right[:, 1]).min() >= 0.15
    for hand in (left, right):
        assert hand[:, 0].min() >= 0.25
        assert hand[:, 0].max() <= 0.76
        assert np.abs(hand[:, 1]).max() <= 0.41
        assert hand[:, 2].min() >= 0.19
        assert hand[:, 2].max() <= 1.25


@few
@given(seeds, indices)
def test_an_episode_is_complete(seed: int, index: int) -> None:
    script = write_script(seed, index)
    episode = perform(script)
    assert len(episode) == script.frames
    assert 10.0 <= episode.seconds <= 22.0
    assert episode.name == f"{TASKS[index % len(TASKS)].number}/{index}"
    assert episode.language
    assert "{" not in episode.language
    np.testing.assert_allclose(np.linalg.norm(episode.hand_quaternion, axis=-1), 1.0, atol=1e-9)
    assert episode.gripper.min() >= 0.0
    assert episode.gripper.max() <= 1.0
    assert np.ptp(episode.gripper) > 0.3


@few
@given(seeds, indices)
def test_seed_and_index_are_all_that_counts(seed: int, index: int) -> None:
    first, again = perform(write_script(seed, index)), perform(write_script(seed, index))
    assert first.language == again.language
    for name in ("hand_position", "hand_quaternion", "gripper"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    for other in (write_script(seed ^ 1, index), write_script(seed, index + len(TASKS))):
        assert other.points != write_script(seed, index).points


def test_all_heights_are_worked_at(episodes: list[HandTrajectory]) -> None:
    heights = np.concatenate([episode.hand_position[..., 2].ravel() for episode in episodes])
    shares = np.histogram(heights, (0.2, 0.4, 0.6, 0.8, 1.0, 1.2))[0] / len(heights)
    assert shares.sum() > 0.99
    assert (shares > 0.04).all()
    lowest = np.array([episode.hand_position[..., 2].min() for episode in episodes])
    highest = np.array([episode.hand_position[..., 2].max() for episode in episodes])
    assert (lowest < 0.4).mean() > 0.2
    assert (highest > 1.0).mean() > 0.2


def test_hands_move_as_fast_as_people_do(episodes: list[HandTrajectory]) -> None:
    steps = [np.linalg.norm(np.diff(each.hand_position, axis=0), axis=-1) * each.rate for each in episodes]
    peaks = np.array([speed.max() for speed in steps])
    assert 0.4 < np.median(peaks) < 0.9


def test_tasks_take_turns_and_speak_in_several_ways() -> None:
    scripts = [write_script(0, index) for index in range(40 * len(TASKS))]
    for place, task in enumerate(TASKS):
        mine = scripts[place :: len(TASKS)]
        assert {script.task for script in mine} == {task}
        assert len({script.language for script in mine}) >= 8


def test_tasks_have_numbers_of_their_own() -> None:
    assert len({task.number for task in TASKS}) == len({task.name for task in TASKS}) == len(TASKS)


def test_minimum_jerk_starts_and_ends_at_rest() -> None:
    shares = np.linspace(0, 1, 1001)
    eased = minimum_jerk(shares)
    assert (eased[0], eased[-1]) == (0.0, pytest.approx(1.0))
    speed = np.gradient(eased, shares)
    assert speed.max() == pytest.approx(1.875, rel=1e-3)
    assert (np.diff(eased) >= 0).all()
    for order in (1, 2):
        assert np.abs(np.diff(eased, order)[[0, -1]] * 1000**order).max() < 0.1


def test_draws_are_spread_evenly() -> None:
    draw = Draw(0, 0)
    numbers = np.array([draw.between(2.0, 4.0) for _ in range(2000)])
    assert numbers.min() >= 2.0
    assert numbers.max() < 4.0
    assert numbers.mean() == pytest.approx(3.0, abs=0.05)
    assert {draw.choice("abc") for _ in range(50)} == set("abc")
    assert sorted(draw.distinct("abcd", 4)) == list("abcd")
