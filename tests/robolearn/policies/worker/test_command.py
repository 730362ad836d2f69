"""Steady changes, and a gait clock that ends the step that it has begun."""

import pytest
import torch

from robolearn.policies.worker.command import (
    CATCHING_HEIGHT,
    GAIT_PERIOD,
    GREATEST_HURRY,
    HURRIES_FROM,
    HURRIES_UP_TO,
    LOWERING_RATE,
    RISING_RATE,
    VELOCITY_RATE,
    CommandShaper,
    hurry,
    is_moving,
    standing_when_low_or_slow,
)

PERIOD = 0.02
STAND, WALK = torch.tensor([[0.0, 0.0, 0.0, 0.7]]), torch.tensor([[0.5, 0.0, 0.0, 0.7]])
STEADY, TOPPLING = torch.full((1,), 0.9), torch.full((1,), 1.0)
"""Requests to step."""


def shaper(height: float = 0.7) -> CommandShaper:
    made = CommandShaper(1, PERIOD)
    made.reset(torch.tensor([0]), torch.tensor([height]))
    return made


def test_the_height_moves_at_its_rate_and_arrives() -> None:
    made = shaper(height=0.7)
    low = torch.tensor([[0.0, 0.0, 0.0, 0.4]])
    made.step(low, STEADY)
    torch.testing.assert_close(made.gait.height, torch.tensor([0.7 - LOWERING_RATE * PERIOD]))
    for _ in range(80):
        made.step(low, STEADY)
    torch.testing.assert_close(made.gait.height, torch.tensor([0.4]))
    made.step(STAND, STEADY)
    torch.testing.assert_close(made.gait.height, torch.tensor([0.4 + RISING_RATE * PERIOD]))


def test_standing_stops_the_clock() -> None:
    made = shaper()
    for _ in range(10):
        made.step(STAND, STEADY)
    assert made.gait.clock.tolist() == [[0.0, 0.0]] and float(made.gait.phase) == 0.0


def test_a_walk_repeats_after_the_gaits_period() -> None:
    made = shaper()
    for _ in range(round(GAIT_PERIOD / PERIOD)):
        made.step(WALK, STEADY)
    assert min(float(made.gait.phase), 1.0 - float(made.gait.phase)) < 1e-5
    torch.testing.assert_close(made.gait.clock.norm(), torch.tensor(1.0))


def test_a_step_that_has_begun_is_ended() -> None:
    made = shaper()
    for _ in range(5):
        made.step(WALK, STEADY)
    steps = 0
    while bool(made.gait.moving[0]):
        made.step(STAND, STEADY)
        steps += 1
    assert float(made.gait.phase) in (0.0, 0.5)
    assert 0 < steps * PERIOD <= 0.5 / VELOCITY_RATE[0] + GAIT_PERIOD / 2
    made.step(STAND, STEADY)
    assert not made.gait.moving[0]


def test_velocities_change_steadily_and_the_clock_runs_until_they_are_still() -> None:
    made = shaper()
    for step in range(1, 8):
        made.step(WALK, STEADY)
        expected = min(0.5, step * PERIOD * VELOCITY_RATE[0])
        torch.testing.assert_close(made.gait.velocity, torch.tensor([[expected, 0.0, 0.0]]))
    for _ in range(200):
        made.step(STAND, STEADY)
        assert bool(made.gait.moving) or not bool(is_moving(made.gait.velocity))
    assert made.gait.velocity.abs().max() == 0.0 and not made.gait.moving[0]


def test_a_robot_about_to_topple_steps_until_it_is_steady() -> None:
    made = shaper()
    for _ in range(30):
        made.step(STAND, TOPPLING)
        assert bool(made.gait.moving)
    for _ in range(round(GAIT_PERIOD / PERIOD)):
        made.step(STAND, STEADY)
    assert not made.gait.moving[0]


def test_a_robot_that_catches_itself_rises_and_goes_down_again() -> None:
    made = shaper(height=0.4)
    low = torch.tensor([[0.0, 0.0, 0.0, 0.4]])
    for _ in range(40):
        made.step(low, TOPPLING)
    torch.testing.assert_close(made.gait.height, torch.tensor([CATCHING_HEIGHT]))
    for _ in range(80):
        made.step(low, STEADY)
    torch.testing.assert_close(made.gait.height, torch.tensor([0.4]))


def test_a_robot_that_walked_squats_once_its_feet_stand() -> None:
    made = shaper(height=0.6)
    for _ in range(60):
        made.step(WALK, STEADY)
    made.gait.height[:] = 0.6
    low = torch.tensor([[0.0, 0.0, 0.0, 0.4]])
    while bool(made.gait.moving):
        assert float(made.gait.height) > CATCHING_HEIGHT - 1e-6
        made.step(low, STEADY)
    for _ in range(60):
        made.step(low, STEADY)
    torch.testing.assert_close(made.gait.height, torch.tensor([0.4]))


@pytest.mark.parametrize("command", [STAND, WALK])
@pytest.mark.parametrize(("request_", "first"), [(1.5, 0.0), (-1.5, 0.5)])
def test_the_first_foot_is_the_one_that_was_asked_for(
    command: torch.Tensor, request_: float, first: float
) -> None:
    made = shaper()
    for steps in range(1, 4):
        made.step(command, torch.tensor([request_]))
        assert bool(made.gait.moving)
        torch.testing.assert_close(made.gait.phase, torch.tensor([first + steps * PERIOD / GAIT_PERIOD]))
    made.step(command, -torch.tensor([request_]))
    assert float(made.gait.phase) == pytest.approx(first + 4 * PERIOD / GAIT_PERIOD)


def test_who_topples_fast_steps_fast() -> None:
    assert hurry(torch.tensor([0.0, HURRIES_FROM, -HURRIES_FROM])).tolist() == [1.0, 1.0, 1.0]
    assert hurry(torch.tensor([HURRIES_UP_TO, -99.0])).tolist() == [GREATEST_HURRY, GREATEST_HURRY]
    made = shaper()
    made.step(WALK, torch.tensor([HURRIES_UP_TO]))
    assert float(made.gait.phase) == pytest.approx(GREATEST_HURRY * PERIOD / GAIT_PERIOD)


def test_small_commands_mean_to_stand() -> None:
    commands = torch.tensor([[0.04, 0.0, 0.04, 0.7], [0.04, 0.04, 0.0, 0.7], [0.0, 0.0, -0.2, 0.7]])
    assert is_moving(commands).tolist() == [False, True, True]


def test_low_and_slow_commands_of_a_manager_mean_to_stand() -> None:
    walking = torch.tensor([[0.3, -0.2, 0.5, 0.7], [0.0, 0.19, 0.0, 0.7], [0.0, 0.0, -0.31, 0.7]])
    assert torch.equal(standing_when_low_or_slow(walking), walking)
    standing = torch.tensor([[0.3, -0.2, 0.5, 0.4], [0.06, -0.06, 0.14, 0.7]])
    expected = torch.tensor([[0.0, 0.0, 0.0, 0.4], [0.0, 0.0, 0.0, 0.7]])
    assert torch.equal(standing_when_low_or_slow(standing), expected)
