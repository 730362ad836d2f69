"""Who carries the robot while it steps."""

import torch

from robolearn.policies.worker.carrying import SINGLE_SUPPORT_ROLL, carrying_turns, leg_loads

SINE = torch.linspace(-1.0, 1.0, 21)


def test_both_legs_carry_the_whole_robot() -> None:
    assert torch.equal(leg_loads(SINE).sum(1), torch.full_like(SINE, 2.0))


def test_who_stands_carries_half_on_each_leg_and_turns_nothing() -> None:
    standing = leg_loads(torch.zeros(1))
    assert standing.tolist() == [[1.0, 1.0]]
    assert not carrying_turns(standing).any()


def test_while_the_left_foot_is_lifted_the_right_leg_carries_and_is_turned_to_its_outside() -> None:
    loads = leg_loads(torch.tensor([0.9]))
    assert loads.tolist() == [[0.0, 2.0]]
    torch.testing.assert_close(carrying_turns(loads), torch.tensor([[0.0, -SINGLE_SUPPORT_ROLL]]))


def test_left_and_right_are_alike() -> None:
    torch.testing.assert_close(carrying_turns(leg_loads(-SINE)), -carrying_turns(leg_loads(SINE)).flip(1))
