"""Legs that turn, checked by what the pelvis turns meanwhile."""

import math

import pytest
import torch

from robolearn.policies.worker.command import GAIT_PERIOD
from robolearn.policies.worker.turning import GAIN, LEAD, leg_turns

RATE = 0.8


def clock(phase: float) -> torch.Tensor:
    """Of a gait whose targets of now are reached at `phase`."""
    angle = torch.tensor(2.0 * math.pi * (phase - LEAD / GAIT_PERIOD))
    return torch.stack((angle.sin(), angle.cos()))[None]


def turned(phase: float, rate: float = RATE) -> torch.Tensor:
    return leg_turns(torch.tensor([rate]), clock(phase))[0]


@pytest.mark.parametrize(("phase", "sign"), [(0.5, 1.0), (0.0, -1.0), (0.25, 0.0), (0.75, 0.0)])
def test_feet_are_told_more_than_half_of_what_the_pelvis_turns_in_half_a_period(
    phase: float, sign: float
) -> None:
    half = GAIN * sign * RATE * GAIT_PERIOD / 4.0
    assert turned(phase).tolist() == pytest.approx([half, -half], abs=1e-6)


def test_to_the_other_side_is_the_opposite() -> None:
    torch.testing.assert_close(turned(0.4, RATE), -turned(0.4, -RATE))


def test_who_stands_or_goes_straight_on_turns_nothing() -> None:
    assert not leg_turns(torch.ones(1), torch.zeros(1, 2)).any()
    assert not turned(0.3, 0.0).any()
