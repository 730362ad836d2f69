"""What the worker is told to do."""

import torch
from torch import Tensor

from envs.humanoid.commands import CROUCH_DEPTH, STANDING_HEIGHT, draw_commands
from envs.humanoid.settings import CommandRanges
from robolearn.environment import episode_seeds
from robolearn.policies.worker.command import is_moving

RANGES = CommandRanges()
MANY = 20_000


def commands(low: float = 0.0, speed: float = 1.0, ranges: CommandRanges = RANGES) -> Tensor:
    """Of many seeds."""
    speeds, lows = torch.full((MANY,), speed), torch.full((MANY,), low)
    return draw_commands(episode_seeds(0, 0, MANY), 1, torch.tensor(0), ranges, speeds, lows)


COMMANDS = commands()


def test_a_third_squats_a_sixth_stands_and_half_walks() -> None:
    moving = is_moving(COMMANDS)
    upright = ~moving & (COMMANDS[:, 3] == STANDING_HEIGHT)
    squatting = ~moving & ~upright
    for share, expected in ((moving, 1 / 2), (upright, 1 / 6), (squatting, 1 / 3)):
        assert abs(float(share.float().mean()) - expected) < 0.02
    assert RANGES.lowest <= float(COMMANDS[squatting, 3].min()) < RANGES.lowest + 0.01


def test_velocities_fill_their_ranges() -> None:
    walking = COMMANDS[is_moving(COMMANDS)]
    ends = [walking[:, column].aminmax() for column in range(3)]
    expected = [(-0.8, 1.2), (-0.5, 0.5), (-1.0, 1.0)]
    for (least, most), (low, high) in zip(ends, expected, strict=True):
        assert low <= float(least) < low + 0.02 and high - 0.02 < float(most) <= high


def test_half_of_the_walks_are_crouched() -> None:
    walking = COMMANDS[is_moving(COMMANDS)]
    crouched = walking[:, 3] < STANDING_HEIGHT
    assert abs(float(crouched.float().mean()) - 0.5) < 0.02
    assert float(walking[:, 3].min()) >= STANDING_HEIGHT - CROUCH_DEPTH


def test_a_share_of_the_speeds_and_everlasting_squats() -> None:
    assert float(commands(speed=0.5)[:, 0].max()) <= 0.6
    assert not is_moving(commands(ranges=CommandRanges(squats=1.0, stands=0.0))).any()


def test_low_commands_squat_all_the_time_and_by_the_square_of_a_share() -> None:
    low = commands(low=1.0)
    assert not is_moving(low).any()
    shares = (low[:, 3] - RANGES.lowest) / (RANGES.highest - RANGES.lowest)
    for quarter in (0.25, 0.5, 0.75):
        assert abs(float(shares.quantile(quarter)) - quarter**2) < 0.02
