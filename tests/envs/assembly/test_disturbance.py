"""Pushes happen as often, as hard and in the directions that are published."""

import math

import numpy as np
import pytest
import torch

from envs.assembly.disturbance import LEG_MULTIPLIERS, PROBABILITY, TOP_MULTIPLIERS, sample_pushes
from envs.assembly.one_leg import OneLegEnvironment
from envs.assembly.randomisation import LEVELS
from envs.assembly.scene import PARTS
from robolearn.environment import episode_seeds

STEPS, EPISODES = 700, 40


@pytest.fixture(scope="module", params=["low", "high"])
def pushes(request: pytest.FixtureRequest) -> tuple[str, np.ndarray]:
    """Level, and wrenches (EPISODES * STEPS, 5, 6)."""
    generator = np.random.Generator(np.random.Philox(0))
    level = LEVELS[request.param]
    drawn = [sample_pushes(level, STEPS, len(PARTS), generator).numpy() for _ in range(EPISODES)]
    return request.param, np.concatenate(drawn)


def test_each_part_is_pushed_once_in_a_hundred_steps(pushes: tuple[str, np.ndarray]) -> None:
    happened = np.any(pushes[1] != 0, axis=-1)
    trials = happened.shape[0]
    deviation = math.sqrt(PROBABILITY * (1 - PROBABILITY) / trials)
    np.testing.assert_allclose(happened.mean(0), PROBABILITY, atol=4 * deviation)
    both = (happened[:, 0] & happened[:, 1]).mean()
    assert abs(both - PROBABILITY**2) < 4 * math.sqrt(PROBABILITY**2 / trials)
    per_episode = happened.sum() / EPISODES
    assert 30 < per_episode < 40


def test_forces_are_horizontal_and_torques_vertical(pushes: tuple[str, np.ndarray]) -> None:
    assert not pushes[1][..., 2:5].any()
    force = pushes[1][pushes[1].any(-1)][:, :2]
    direction = force / np.linalg.norm(force, axis=1, keepdims=True)
    assert np.abs(direction.mean(0)).max() < 4 / math.sqrt(len(direction))


def test_their_size_is_uniform_up_to_the_levels_limit(pushes: tuple[str, np.ndarray]) -> None:
    level = LEVELS[pushes[0]]
    for part, (force_factor, torque_factor) in enumerate((TOP_MULTIPLIERS, *[LEG_MULTIPLIERS] * 4)):
        wrench = pushes[1][:, part][pushes[1][:, part].any(-1)]
        force = np.hypot(wrench[:, 0], wrench[:, 1]) / (level.push_force * force_factor)
        torque = wrench[:, 5] / (level.push_torque * torque_factor)
        assert force.max() <= 1 + 1e-6 and np.abs(torque).max() <= 1 + 1e-6
        assert abs(force.mean() - 0.5) < 4 * math.sqrt(1 / 12 / len(force))
        assert abs(torque.mean()) < 4 * math.sqrt(1 / 3 / len(torque))


def test_only_disturbed_worlds_are_pushed_and_only_when_it_is_time() -> None:
    still = torch.tensor([[0.55, 0.0, 0.3, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0, -1.0]]).repeat(3, 1)
    calm = OneLegEnvironment(3, num_threads=1)
    disturbed = OneLegEnvironment(3, disturbance=True, num_threads=1)
    seeds = episode_seeds(4, 0, 3)
    assert torch.equal(calm.reset(seeds), disturbed.reset(seeds))
    due = disturbed._pushes.any(-1)
    ever = torch.zeros(3, len(PARTS), dtype=torch.bool)
    for step in range(40):
        calm_before, before = calm.part_poses()[0].clone(), disturbed.part_poses()[0].clone()
        calm.step(still)
        disturbed.step(still)
        moved = (disturbed.part_poses()[0] - before).norm(dim=-1) > 1e-4
        assert not ((calm.part_poses()[0] - calm_before).norm(dim=-1) > 1e-4).any()
        recent = due[:, max(0, step - 10) : step + 1].any(1)
        assert not (moved & ~recent.any(-1, keepdim=True)).any()
        ever |= moved
        assert not disturbed.simulation.view("xfrc_applied").any()
    assert ever.any() and torch.equal(ever.any(-1), due[:, :40].any(-1).any(-1))
