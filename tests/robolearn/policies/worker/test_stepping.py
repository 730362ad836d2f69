"""When robots ask for a step."""

import torch

from robolearn.policies.worker.stepping import FARTHEST_TILT, STOPPING_SHARE, farthest_lean, step_request

STANDS, STEPS = torch.tensor([True]), torch.tensor([False])
NOTHING = torch.zeros(1, 2)
HEIGHT = torch.tensor([0.5])


def test_who_stands_steps_for_a_capture_point_beyond_the_feet_on_any_side() -> None:
    ways = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [-0.6, 0.8]])
    stands, tilted = STANDS.expand(4), torch.ones(4, 2)
    heights = torch.tensor([0.3, 0.4, 0.6, 0.74])
    farthest = (farthest_lean(heights) * heights)[:, None] * ways
    assert (step_request(1.01 * farthest, heights, tilted, stands).abs() >= 1.0).all()
    assert (step_request(0.99 * farthest, heights, tilted, stands).abs() < 1.0).all()


def test_who_steps_goes_on_while_it_is_tilted() -> None:
    assert step_request(NOTHING, HEIGHT, torch.tensor([[0.0, 1.01 * FARTHEST_TILT]]), STEPS) >= 1.0
    assert step_request(NOTHING, HEIGHT, torch.tensor([[0.99 * FARTHEST_TILT, 0.0]]), STEPS) < 1.0


def test_who_steps_goes_on_until_it_could_stand_for_a_while() -> None:
    nearest = STOPPING_SHARE * farthest_lean(HEIGHT) * HEIGHT[:, None] * torch.tensor([[0.6, -0.8]])
    assert step_request(1.01 * nearest, HEIGHT, NOTHING, STEPS).abs() >= 1.0
    assert step_request(0.99 * nearest, HEIGHT, NOTHING, STEPS).abs() < 1.0
    assert step_request(1.01 * nearest, HEIGHT, NOTHING, STANDS).abs() < 1.0


def test_the_foot_on_the_side_to_which_it_topples_is_first() -> None:
    for stands in (STANDS, STEPS):
        assert step_request(torch.tensor([[0.0, 0.2]]), HEIGHT, NOTHING, stands) >= 1.0
        assert step_request(torch.tensor([[0.0, -0.2]]), HEIGHT, NOTHING, stands) <= -1.0


def test_who_is_balanced_asks_for_nothing() -> None:
    assert not step_request(NOTHING, HEIGHT, NOTHING, STANDS).any()
    assert not step_request(NOTHING, HEIGHT, NOTHING, STEPS).any()
