"""Start layouts: nothing overlaps, everything is in reach, each level holds the one below."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from envs.assembly.furniture import square_table
from envs.assembly.randomisation import LEG_NOMINALS, LEVELS, TOP_NOMINAL, Layout, level_named, sample_layout
from envs.assembly.workspace import OBSTACLE_POSITION, OBSTACLE_WALLS
from robolearn.errors import UserError

NAMES = ("low", "med", "high")
HALF_TOP = square_table.TOP_HALF_WIDTH
LEG_LENGTH, LEG_HALF_WIDTH = (-0.05625, 0.03125), 0.015


def layout(level: str, seed: int) -> Layout:
    return sample_layout(LEVELS[level], np.random.Generator(np.random.Philox(seed)))


def outline(pose: np.ndarray, x: tuple[float, float], y: tuple[float, float], steps: int = 24) -> np.ndarray:
    """Points (K, 2) all over a rectangle, its edges included, turned and moved by a pose (x, y, yaw)."""
    grid = np.stack(np.meshgrid(np.linspace(*x, steps), np.linspace(*y, steps)), -1).reshape(-1, 2)
    cosine, sine = np.cos(pose[2]), np.sin(pose[2])
    return grid @ np.array([[cosine, sine], [-sine, cosine]]) + pose[:2]


def contains(pose: np.ndarray, x: tuple[float, float], y: tuple[float, float], points: np.ndarray) -> bool:
    """Whether any of the points (K, 2) is inside the rectangle."""
    cosine, sine = np.cos(pose[2]), np.sin(pose[2])
    local = (points - pose[:2]) @ np.array([[cosine, -sine], [sine, cosine]])
    inside = (local > (x[0], y[0])) & (local < (x[1], y[1]))
    return bool(inside.all(1).any())


def shapes(start: Layout) -> list[tuple[np.ndarray, tuple[float, float], tuple[float, float]]]:
    """Pose and extent of the top, the legs and the walls."""
    origin = np.array(OBSTACLE_POSITION[:2]) + start.obstacle
    walls = [
        (np.array((*(origin + center[:2]), 0.0)), (-half[0], half[0]), (-half[1], half[1]))
        for center, half in OBSTACLE_WALLS.values()
    ]
    legs = [(leg, LEG_LENGTH, (-LEG_HALF_WIDTH, LEG_HALF_WIDTH)) for leg in start.legs]
    return [(start.top, (-HALF_TOP, HALF_TOP), (-HALF_TOP, HALF_TOP)), *legs, *walls]


@settings(max_examples=60)
@example("high", 71176)
@given(st.sampled_from(NAMES), st.integers(0, 2**62))
def test_nothing_overlaps(level: str, seed: int) -> None:
    placed = shapes(layout(level, seed))
    for first, second in itertools.permutations(placed[:5], 2):
        assert not contains(*first, outline(*second))
    for part, wall in itertools.product(placed[:5], placed[5:]):
        assert not contains(*part, outline(*wall)) and not contains(*wall, outline(*part))


@settings(max_examples=60)
@given(st.sampled_from(NAMES), st.integers(0, 2**62))
def test_everything_is_in_reach_and_within_the_level(level: str, seed: int) -> None:
    start, ranges = layout(level, seed), LEVELS[level]
    points = np.concatenate([outline(*shape) for shape in shapes(start)[:5]])
    assert (points > (0.27, -0.33)).all() and (points < (0.71, 0.33)).all()
    assert np.hypot(*points.T).max() < 0.80
    assert (np.abs(start.top - (*TOP_NOMINAL, 0.0)) <= (ranges.top_shift,) * 2 + (ranges.top_yaw,)).all()
    away = np.abs(start.legs - np.array([(*nominal, 0.0) for nominal in LEG_NOMINALS]))
    assert (away <= (ranges.leg_shift,) * 2 + (ranges.leg_yaw,)).all()
    assert (np.abs(start.obstacle) <= ranges.obstacle_shift).all()
    assert (np.abs(start.joint_noise) <= ranges.joint_noise).all()


def test_levels_are_nested() -> None:
    for lower, higher in itertools.pairwise(NAMES):
        smaller, larger = (dataclasses.astuple(LEVELS[name]) for name in (lower, higher))
        assert all(a < b for a, b in zip(smaller, larger, strict=True))


@pytest.mark.parametrize("level", NAMES)
def test_the_ranges_are_used_to_the_full(level: str) -> None:
    starts = [layout(level, seed) for seed in range(400)]
    ranges = LEVELS[level]
    tops = np.array([start.top for start in starts]) - (*TOP_NOMINAL, 0.0)
    spread = np.abs(tops).max(0) / ((ranges.top_shift,) * 2 + (ranges.top_yaw,))
    assert (spread > 0.8).all()
    obstacles = np.array([start.obstacle for start in starts])
    assert (np.abs(obstacles).max(0) > 0.95 * ranges.obstacle_shift).all()
    assert np.abs(obstacles.mean(0)).max() < 0.15 * ranges.obstacle_shift


def test_a_layout_follows_from_its_seed() -> None:
    first, again, other = layout("high", 5), layout("high", 5), layout("high", 6)
    for field in dataclasses.fields(Layout):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(again, field.name))
        assert not np.array_equal(getattr(first, field.name), getattr(other, field.name))


def test_an_unknown_level_is_named() -> None:
    with pytest.raises(UserError, match="unknown randomness 'hi': valid are high, low, med"):
        level_named("hi")
