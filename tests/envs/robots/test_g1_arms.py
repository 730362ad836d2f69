"""Inverse kinematics of the G1's arms: against Pinocchio, and what a robot needs of it."""

import mujoco
import numpy as np
import pytest
import torch
from torch import Tensor

from envs.robots.g1.arms import arm_solver, trunk_keep_out
from envs.robots.g1.constants import LEFT_ARM, RIGHT_ARM, TORSO
from envs.robots.g1.model import build_g1
from envs.robots.g1.single_arms import single_arms
from robolearn.kinematics.arm_solver import ArmSolver, rotation_error

PERIOD = 0.02

IN_THE_BODY = torch.tensor([[0.05, 0.05, 0.15], [0.05, -0.05, 0.15]])
"""Places of both hands in the torso [m]."""


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return build_g1().compile()


@pytest.fixture(scope="module")
def solver(model: mujoco.MjModel) -> ArmSolver:
    return arm_solver(model, PERIOD)


def _postures(solver: ArmSolver, count: int, spread: float, seed: int) -> Tensor:
    """Angles (count, 2, 7) between the natural posture and, at spread 1, the limits."""
    shares = torch.rand(count, 2, 7, generator=torch.Generator().manual_seed(seed))
    ends = torch.lerp(solver.chain.lower, solver.chain.upper, shares)
    return torch.lerp(solver.natural.expand_as(ends), ends, spread)


def _settle(solver: ArmSolver, position: Tensor, rotation: Tensor, steps: int = 120) -> Tensor:
    angles = solver.natural.expand(len(position), 2, 7).clone()
    for _ in range(steps):
        angles = solver.step(angles, position, rotation)
    return angles


@pytest.mark.parametrize("side", [0, 1])
def test_steps_are_those_of_the_reference(model: mujoco.MjModel, solver: ArmSolver, side: int) -> None:
    arm = single_arms(model, PERIOD)[side]
    angles, both = arm.arm.natural, solver.natural[None].clone()
    places, turns = solver.chain.pose(_postures(solver, 5, 0.6, seed=side))
    places[-1] = IN_THE_BODY
    for target in zip(places.split(1), turns.split(1), strict=True):
        position, rotation = (part[0, side].double().numpy() for part in target)
        for _ in range(40):
            angles = arm.step(angles, position, rotation)
            both = solver.step(both, *target)
            reference, _ = arm.pose(angles)
            found, _ = solver.chain.pose(both)
            assert np.abs(reference - found[0, side].numpy()).max() < 1e-4


def test_gravity_is_that_of_the_reference(model: mujoco.MjModel, solver: ArmSolver) -> None:
    angles = _postures(solver, 1, 0.6, seed=5)
    down = torch.tensor((0.36, 0.48, -0.8))
    batched = solver.chain.gravity_torque(angles, down.expand(1, 2, 3))[0]
    for side, arm in enumerate(single_arms(model, PERIOD)):
        arm.pose(arm.arm.natural)
        torque = arm.gravity_torque(angles[0, side].double().numpy(), down.double().numpy())
        assert np.abs(torque - batched[side].numpy()).max() < 1e-4


def test_hands_arrive_where_they_can(solver: ArmSolver) -> None:
    position, rotation = solver.chain.pose(_postures(solver, 200, 0.5, seed=3))
    clear = (position == solver.reachable(position)).all(-1)
    place, turn = solver.chain.pose(_settle(solver, position, rotation))
    away = (place - position).norm(dim=-1)[clear]
    turned_away = rotation_error(turn, rotation).norm(dim=-1)[clear]
    assert away.median() < 1e-4 and (away < 1e-3).float().mean() > 0.97
    assert turned_away.median() < 1e-3


def test_limits_and_speeds_hold_whatever_is_asked(solver: ArmSolver) -> None:
    generator = torch.Generator().manual_seed(4)
    angles = _postures(solver, 64, 1.0, seed=5).clamp(solver.chain.lower + 0.02, solver.chain.upper - 0.02)
    for _ in range(30):
        position = 3.0 * torch.randn(64, 2, 3, generator=generator)
        _, rotation = solver.chain.pose(_postures(solver, 64, 1.0, seed=6))
        after = solver.step(angles, position, rotation)
        assert ((after - angles).abs() <= solver.settings.speed * PERIOD + 1e-5).all()
        assert (after >= solver.chain.lower).all() and (after <= solver.chain.upper).all()
        angles = after


def test_a_smooth_path_gives_a_smooth_posture(solver: ArmSolver) -> None:
    start, end = _postures(solver, 40, 0.4, seed=7), _postures(solver, 40, 0.4, seed=8)
    (first, turn), (last, _) = solver.chain.pose(start), solver.chain.pose(end)
    angles = _settle(solver, first, turn)
    fastest = torch.zeros(())
    for share in torch.linspace(0.0, 1.0, 100):
        after = solver.step(angles, torch.lerp(first, last, share), turn)
        fastest = torch.maximum(fastest, (after - angles).abs().amax((1, 2)).median())
        angles = after
    assert fastest / PERIOD < 3.0


def test_arms_do_not_touch_the_body(model: mujoco.MjModel, solver: ArmSolver) -> None:
    low = torch.tensor([[0.15, 0.05, -0.25], [0.15, -0.40, -0.25]])
    high = torch.tensor([[0.45, 0.40, 0.35], [0.45, -0.05, 0.35]])
    shares = torch.rand(60, 2, 3, generator=torch.Generator().manual_seed(12))
    _, rotation = solver.chain.pose(solver.natural.expand(60, 2, 7))
    settled = _settle(solver, torch.lerp(low, high, shares), rotation, steps=60)
    touching = [_touches_trunk(model, angles) for angles in settled]
    assert sum(touching) == 0


def test_hands_are_kept_out_of_the_body(solver: ArmSolver) -> None:
    position = IN_THE_BODY.expand(1, 2, 3)
    assert (solver.reachable(position) - position).norm(dim=-1).min() > 0.03


def _touches_trunk(model: mujoco.MjModel, arms: Tensor) -> bool:
    data = mujoco.MjData(model)
    for name, angle in zip(LEFT_ARM + RIGHT_ARM, arms.flatten().tolist(), strict=True):
        data.joint(name).qpos[:] = angle
    mujoco.mj_forward(model, data)
    return any(TORSO in model.geom(contact.geom1).name for contact in data.contact)


def test_a_push_leads_out_of_the_trunk() -> None:
    trunk = trunk_keep_out()
    points = 0.3 * torch.rand(300, 3, generator=torch.Generator().manual_seed(9)) - torch.tensor(
        (0.15, 0.15, 0.0)
    )
    assert (trunk.push(points).norm(dim=1) > 0.0).float().mean() > 0.2
    assert trunk.push(trunk.pushed(points, passes=20)).norm(dim=1).max() < 0.01
    far = torch.tensor([[0.4, 0.0, 0.2], [0.0, 0.5, 0.0]])
    assert torch.equal(trunk.pushed(far), far)


def test_a_world_does_not_depend_on_its_neighbours(solver: ArmSolver) -> None:
    position, rotation = solver.chain.pose(_postures(solver, 9, 0.5, seed=10))
    angles = _postures(solver, 9, 0.3, seed=11)
    alone = solver.step(angles[4:5], position[4:5], rotation[4:5])
    assert torch.equal(alone[0], solver.step(angles, position, rotation)[4])
