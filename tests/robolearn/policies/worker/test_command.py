"""A height that moves steadily, and a gait clock that ends the step that it has begun."""

import torch

from robolearn.policies.worker.command import GAIT_PERIOD, HEIGHT_RATE, CommandShaper, is_moving

PERIOD = 0.02
STAND, WALK = torch.tensor([[0.0, 0.0, 0.0, 0.7]]), torch.tensor([[0.5, 0.0, 0.0, 0.7]])


def shaper(height: float = 0.7, phase: float = 0.0) -> CommandShaper:
    made = CommandShaper(1, PERIOD)
    made.reset(torch.tensor([0]), torch.tensor([height]), torch.tensor([phase]))
    return made


def test_the_height_moves_at_its_rate_and_arrives() -> None:
    made = shaper(height=0.7)
    low = torch.tensor([[0.0, 0.0, 0.0, 0.4]])
    made.step(low)
    torch.testing.assert_close(made.gait.height, torch.tensor([0.7 - HEIGHT_RATE * PERIOD]))
    for _ in range(40):
        made.step(low)
    torch.testing.assert_close(made.gait.height, torch.tensor([0.4]))


def test_standing_stops_the_clock() -> None:
    made = shaper()
    for _ in range(10):
        made.step(STAND)
    assert made.gait.clock.tolist() == [[0.0, 0.0]] and float(made.gait.phase) == 0.0


def test_a_walk_repeats_after_the_gaits_period() -> None:
    made = shaper()
    for _ in range(round(GAIT_PERIOD / PERIOD)):
        made.step(WALK)
    assert min(float(made.gait.phase), 1.0 - float(made.gait.phase)) < 1e-5
    torch.testing.assert_close(made.gait.clock.norm(), torch.tensor(1.0))


def test_a_step_that_has_begun_is_ended() -> None:
    made = shaper()
    for _ in range(5):
        made.step(WALK)
    steps = 0
    while bool(made.gait.moving[0]):
        made.step(STAND)
        steps += 1
    assert float(made.gait.phase) == 0.5
    assert 0 < steps * PERIOD <= GAIT_PERIOD / 2
    made.step(STAND)
    assert float(made.gait.phase) == 0.5 and not made.gait.moving[0]


def test_an_episode_begins_with_either_foot() -> None:
    assert float(shaper(phase=0.2).gait.phase) == 0.0
    assert float(shaper(phase=0.6).gait.phase) == 0.5
    assert float(shaper(phase=0.9).gait.phase) == 0.0


def test_small_commands_mean_to_stand() -> None:
    commands = torch.tensor([[0.04, 0.0, 0.04, 0.7], [0.04, 0.04, 0.0, 0.7], [0.0, 0.0, -0.2, 0.7]])
    assert is_moving(commands).tolist() == [False, True, True]
