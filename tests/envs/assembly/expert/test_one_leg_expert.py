"""The scripted expert in physics, and the shoves that demonstrations get."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from envs.assembly.expert import OneLegExpert, targets
from envs.assembly.expert.perturbation import PROBABILITY, STEPS, sample_shoves, shoved
from envs.assembly.expert.snapshot import Pose, Snapshot
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
    lasting = (shoves[1:] == shoves[:-1]).all(-1)[moved[1:] & moved[:-1]]
    assert float(lasting.float().mean()) > 0.8


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


@pytest.mark.parametrize(("aside", "lowered"), [(0.001, True), (0.006, False)])
def test_the_leg_is_lowered_only_over_its_hole(aside: float, lowered: bool) -> None:
    environment = OneLegEnvironment(1)
    environment.reset(episode_seeds(0, 0, 1))
    scene = Snapshot.of(environment, torch.zeros(1, dtype=torch.int64))
    over = targets.leg_over_hole(scene)
    grasp = replace(scene, hand=Pose(over.position, over.matrix), leg=upright_leg(scene, aside))
    target = targets.insert_leg(grasp)
    assert bool(target.position[0, 2] < over.position[0, 2] - 0.01) == lowered
    torch.testing.assert_close(target.position[0, 0], over.position[0, 0] - aside)


def upright_leg(scene: Snapshot, aside: float) -> Pose:
    """The leg where `leg_over_hole` brings it, but this far beside [m]."""
    moved = targets.leg_over_hole(replace(scene, hand=scene.leg))
    return Pose(moved.position + torch.tensor([[aside, 0.0, 0.0]]), moved.matrix)
