"""The scripted expert in physics, and the shoves that demonstrations get."""

import math

import numpy as np
import pytest
import torch

from envs.assembly.expert import OneLegExpert
from envs.assembly.expert.perturbation import PROBABILITY, STEPS, sample_shoves, shoved
from envs.assembly.one_leg import OneLegEnvironment
from robolearn.environment import episode_seeds
from robolearn.rotations import matrix_from_sixd, sixd_from_matrix


@pytest.mark.parametrize("randomness", ["low", "high"])
def test_the_expert_assembles_the_leg(randomness: str) -> None:
    environment = OneLegEnvironment(8, randomness=randomness)
    expert = OneLegExpert(environment)
    seeds = episode_seeds(21, 0, 8)
    observation = environment.reset(seeds)
    expert.reset(seeds)
    transition = environment.step(expert.act(observation))
    for _ in range(400):
        transition = environment.step(expert.act(transition.observation))
    assert int(transition.success.sum()) >= 7
    assert not transition.fault.any()


def test_shoves_last_a_while_and_leave_rests() -> None:
    shoves = sample_shoves(20_000, np.random.default_rng(0))
    moved = (shoves != 0).any(-1)
    expected = 1 - (1 - PROBABILITY) ** STEPS
    assert abs(float(moved.float().mean()) - expected) < 0.02
    first = int(moved.nonzero()[0])
    assert torch.equal(shoves[first], shoves[first + 1])


def test_a_shove_moves_and_turns_the_command_and_leaves_the_gripper() -> None:
    rotation = sixd_from_matrix(torch.eye(3))[None]
    action = torch.cat((torch.tensor([[0.5, 0.1, 0.2]]), rotation, torch.ones(1, 1)), -1)
    moved = shoved(action, torch.tensor([[0.01, 0.0, -0.02, 0.0, 0.0, math.pi / 2]]))
    torch.testing.assert_close(moved[0, :3], torch.tensor([0.51, 0.1, 0.18]))
    quarter = torch.tensor([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    torch.testing.assert_close(matrix_from_sixd(moved[0, 3:9]), quarter, atol=1e-6, rtol=0.0)
    assert moved[0, 9] == 1.0


def test_without_a_shove_the_action_is_carried_out_as_it_is() -> None:
    rotation = torch.tensor([[1.0, 0.0, 0.0, 0.0, -1.0, 0.0]])
    action = torch.cat((torch.zeros(1, 3), rotation, -torch.ones(1, 1)), -1)
    torch.testing.assert_close(shoved(action, torch.zeros(1, 6)), action)
