"""Differential inverse kinematics: its Jacobian is MuJoCo's, and the arm gets where it is told to."""

import math

import mujoco
import numpy as np
import pytest
import torch
from torch import Tensor

from envs.robots.differential_ik import DifferentialIk
from envs.robots.panda import constants as panda
from envs.robots.panda.model import build_panda
from envs.simulation import Simulation

WORLDS = torch.arange(6)


class Arm:
    """Six arms near the nominal start, each at a joint position of its own."""

    def __init__(self) -> None:
        self.simulation = Simulation(build_panda().compile(), len(WORLDS), 1, substeps=1)
        self.ik = DifferentialIk(
            self.simulation, panda.ARM_JOINTS, panda.END_EFFECTOR_SITE, panda.RESET_JOINT_POSITIONS
        )
        self.qpos = self.simulation.view("qpos")
        self.simulation.reset(WORLDS)
        noise = np.random.default_rng(0).uniform(-0.3, 0.3, (len(WORLDS), 7))
        self.move(torch.from_numpy(np.array(panda.RESET_JOINT_POSITIONS) + noise))

    def move(self, joints: Tensor) -> None:
        """Put the arms there, (6, 7) [rad], without physics."""
        self.qpos[:, :7] = joints
        self.simulation.forward(WORLDS)

    def target(self, spread: float) -> tuple[Tensor, Tensor]:
        """Poses of other joint positions, up to `spread` [rad] away: (6, 3) [m] and (6, 3, 3)."""
        here = self.qpos[:, :7].clone()
        away = np.random.default_rng(1).uniform(-spread, spread, (len(WORLDS), 7))
        self.move(here + torch.from_numpy(away))
        pose = self.ik.position.clone(), self.ik.matrix.clone()
        self.move(here)
        return pose


@pytest.fixture
def arm() -> Arm:
    return Arm()


def errors(arm: Arm, position: Tensor, matrix: Tensor) -> tuple[float, float]:
    """Largest distances to the targets [m], [rad]."""
    cosine = ((matrix @ arm.ik.matrix.transpose(1, 2)).diagonal(dim1=1, dim2=2).sum(-1) - 1) / 2
    return float((position - arm.ik.position).norm(dim=-1).max()), float(cosine.clamp(-1, 1).acos().max())


def test_the_jacobian_is_mujocos(arm: Arm) -> None:
    model = arm.simulation.model
    found = arm.ik.jacobian()
    for world in WORLDS.tolist():
        data = arm.simulation.data(world)
        mujoco.mj_forward(model, data)
        linear, angular = np.zeros((3, model.nv)), np.zeros((3, model.nv))
        mujoco.mj_jacSite(model, data, linear, angular, model.site(panda.END_EFFECTOR_SITE).id)
        expected = np.concatenate((linear, angular))[:, :7]
        np.testing.assert_allclose(found[world], expected, atol=1e-12)


def test_the_velocity_is_that_of_finite_differences(arm: Arm) -> None:
    rates = torch.from_numpy(np.random.default_rng(2).standard_normal((len(WORLDS), 7)))
    arm.simulation.view("qvel")[:, :7] = rates
    velocity = arm.ik.velocity()
    joints, before, matrix = arm.qpos[:, :7].clone(), arm.ik.position.clone(), arm.ik.matrix.clone()
    step = 1e-6
    arm.move(joints + step * rates)
    np.testing.assert_allclose(velocity[:, :3], (arm.ik.position - before) / step, atol=1e-5)
    spin = (arm.ik.matrix - matrix) / step @ matrix.transpose(1, 2)
    angular = torch.stack((spin[:, 2, 1], spin[:, 0, 2], spin[:, 1, 0]), -1)
    np.testing.assert_allclose(velocity[:, 3:], angular, atol=1e-5)


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.4])
def test_targets_within_reach_are_reached(arm: Arm, spread: float) -> None:
    position, matrix = arm.target(spread)
    before = errors(arm, position, matrix)
    assert before[0] >= 0.4 * spread and before[1] >= spread
    for _ in range(30):
        arm.move(arm.ik.joint_targets(position, matrix))
    far, turned = errors(arm, position, matrix)
    assert far < 1e-3 and turned < math.radians(0.5)


def test_without_an_error_only_the_posture_moves(arm: Arm) -> None:
    position, matrix = arm.ik.position.clone(), arm.ik.matrix.clone()
    rest = torch.tensor(panda.RESET_JOINT_POSITIONS, dtype=torch.float64)
    before = (arm.qpos[:, :7] - rest).norm(dim=-1)
    for _ in range(20):
        arm.move(arm.ik.joint_targets(position, matrix))
    far, turned = errors(arm, position, matrix)
    assert far < 2e-3 and turned < math.radians(1)
    assert ((arm.qpos[:, :7] - rest).norm(dim=-1) < before).all()


def test_targets_stay_within_the_joint_limits_however_far_away(arm: Arm) -> None:
    limits = arm.simulation.model.jnt_range[:7]
    position, matrix = torch.full((len(WORLDS), 3), 5.0, dtype=torch.float64), arm.target(0.4)[1]
    for _ in range(60):
        joints = arm.ik.joint_targets(position, matrix)
        assert torch.isfinite(joints).all()
        assert (joints.numpy() >= limits[:, 0]).all() and (joints.numpy() <= limits[:, 1]).all()
        arm.move(joints)


def test_one_step_is_bounded(arm: Arm) -> None:
    before = arm.ik.position.clone()
    position, matrix = arm.ik.position + 3.0, arm.ik.matrix.clone()
    arm.move(arm.ik.joint_targets(position, matrix))
    assert (arm.ik.position - before).norm(dim=-1).max() < 0.2


def test_a_world_does_not_depend_on_its_neighbours(arm: Arm) -> None:
    position, matrix = arm.target(0.2)
    together = arm.ik.joint_targets(position, matrix)
    joints = arm.qpos[:, :7].clone()
    arm.move(joints.flip(0))
    turned = arm.ik.joint_targets(position.flip(0), matrix.flip(0))
    assert torch.equal(turned.flip(0), together)
    alone = Simulation(arm.simulation.model, 1, 1, substeps=1)
    ik = DifferentialIk(alone, panda.ARM_JOINTS, panda.END_EFFECTOR_SITE, panda.RESET_JOINT_POSITIONS)
    alone.reset(torch.tensor([0]))
    alone.view("qpos")[0, :7] = joints[3]
    alone.forward(torch.tensor([0]))
    assert torch.equal(ik.joint_targets(position[3:4], matrix[3:4])[0], together[3])
