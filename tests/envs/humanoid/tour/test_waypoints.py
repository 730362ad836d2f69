"""Where the tour leads, and how commands follow from the way to go."""

import math

import pytest
import torch
from torch import Tensor

from envs.humanoid.tour.protocol import EPISODE_STEPS, SEGMENT_STEPS
from envs.humanoid.tour.waypoints import Guide, draw_waypoints, errors
from robolearn.environment import episode_seeds
from robolearn.policies.worker.drive import VelocityLimits

WIDE = VelocityLimits(backward=-9.0, forward=9.0, sideways=9.0, yaw_rate=9.0)
ONE = torch.tensor([0])


def commanded(guide: Guide, x: float = 0.0, y: float = 0.0, turn: float = 0.0) -> list[float]:
    way = torch.tensor([[x, y]])
    return guide.velocities(ONE, way, torch.tensor([turn]))[0].tolist()


def test_a_tour_is_90_seconds_of_18_waypoints_one_every_5() -> None:
    assert SEGMENT_STEPS / 50 == 5.0 and EPISODE_STEPS / 50 == 90.0
    assert draw_waypoints(episode_seeds(7, 0, 3)).shape == (3, 18, 3)


def test_positions_are_uniform_in_the_disc_and_yaws_in_the_turn() -> None:
    drawn = draw_waypoints(episode_seeds(7, 0, 400)).flatten(0, 1).double()
    deviation = 4.0 / math.sqrt(len(drawn))
    offset = drawn[:, :2] - torch.tensor([0.3, 0.0])
    area = offset.square().sum(1)
    assert float(area.max()) <= 1.0
    assert abs(float(area.mean()) - 0.5) < deviation / math.sqrt(12)
    bearing = offset / area.sqrt()[:, None]
    assert float(bearing.mean(0).abs().max()) < deviation
    yaw = drawn[:, 2] / math.pi
    assert float(yaw.abs().max()) <= 1.0
    assert abs(float(yaw.mean())) < deviation and abs(float(yaw.abs().mean()) - 0.5) < deviation


def test_a_tour_follows_from_its_seed() -> None:
    seeds = episode_seeds(7, 0, 5)
    assert torch.equal(draw_waypoints(seeds[3:4])[0], draw_waypoints(seeds)[3])
    assert not torch.equal(draw_waypoints(seeds)[3], draw_waypoints(seeds)[4])


def test_errors_are_in_the_body_frame_and_turn_the_shorter_way() -> None:
    position, yaw = torch.tensor([[1.0, 2.0]]), torch.tensor([math.pi / 2])
    way, turn = errors(position, yaw, torch.tensor([[1.0, 2.5, -math.pi / 2 - 0.2]]))
    torch.testing.assert_close(way, torch.tensor([[0.5, 0.0]]))
    torch.testing.assert_close(turn, torch.tensor([math.pi - 0.2]))
    way, _ = errors(position, yaw, torch.tensor([[0.0, 2.0, 0.0]]))
    torch.testing.assert_close(way, torch.tensor([[0.0, 1.0]]))


def test_commands_are_one_and_a_half_times_the_errors() -> None:
    assert commanded(Guide(1, WIDE), 0.4, -0.2, 0.6) == pytest.approx([0.6, -0.3, 0.9])


def test_velocity_is_zero_inside_10_cm_and_comes_back_past_20() -> None:
    guide = Guide(1, WIDE)
    moves = [commanded(guide, x)[0] > 0.0 for x in (0.5, 0.11, 0.099, 0.15, 0.199, 0.201, 0.15, 0.11, 0.09)]
    assert moves == [True, True, False, False, False, True, True, True, False]


def test_yaw_rate_is_zero_inside_a_twentieth_and_comes_back_past_an_eighth() -> None:
    guide = Guide(1, WIDE)
    turns = [commanded(guide, turn=-t)[2] < 0.0 for t in (0.5, 0.051, 0.049, 0.1, 0.119, 0.121, 0.06)]
    assert turns == [True, True, False, False, False, True, True]


def test_both_bands_are_apart() -> None:
    guide = Guide(1, WIDE)
    assert commanded(guide, 0.05, 0.0, 1.0) == pytest.approx([0.0, 0.0, 1.5])
    assert commanded(guide, 0.5, 0.0, 0.01) == pytest.approx([0.75, 0.0, 0.0])


def test_a_new_target_forgets_that_the_last_one_was_reached() -> None:
    guide = Guide(2, WIDE)
    worlds, near = torch.arange(2), torch.full((2, 2), 0.05)
    guide.velocities(worlds, near, torch.zeros(2))
    guide.forget(torch.tensor([1]))
    command = guide.velocities(worlds, 2.0 * near, torch.full((2,), 0.06))
    assert not command[0].any() and command[1].all()


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ((2.0, 0.0), (1.2, 0.0)),
        ((-2.0, 0.0), (-0.8, 0.0)),
        ((2.0, 2.0), (1.2, 0.5)),
        ((0.0, -2.0), (0.0, -0.5)),
    ],
)
def test_commands_are_clipped_to_the_policys_limits(
    way: tuple[float, float], expected: tuple[float, float]
) -> None:
    guide = Guide(1, VelocityLimits(backward=-0.8, forward=1.2, sideways=0.5, yaw_rate=1.0))
    assert commanded(guide, *way, turn=3.0) == pytest.approx([*expected, 1.0])
    assert commanded(guide, *way, turn=-3.0)[2] == -1.0


def test_a_limit_of_the_speed_keeps_the_direction() -> None:
    guide = Guide(1, VelocityLimits(-9.0, 9.0, 9.0, 9.0, speed=0.5))
    assert commanded(guide, 3.0, -4.0)[:2] == pytest.approx([0.3, -0.4])
    assert commanded(guide, 0.2, 0.0)[:2] == pytest.approx([0.3, 0.0])


def test_worlds_do_not_mind_each_other() -> None:
    alone, both = Guide(1, WIDE), Guide(2, WIDE)
    path: list[Tensor] = [torch.tensor([[x, 0.3]]) for x in (0.05, 0.15, 0.5)]
    for way in path:
        single = alone.velocities(ONE, way, torch.tensor([0.3]))
        pair = both.velocities(torch.arange(2), torch.cat((-way, way)), torch.tensor([1.0, 0.3]))
        assert torch.equal(single[0], pair[1])
