"""A deployed robot's hands: where they are, where they shall be, and where the robot is."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from envs.humanoid.hand_following import HandFollower, hand_follower
from envs.humanoid.hand_goal import SPEED, TURNING, HandGoal, hands_of, towards
from envs.humanoid.joint_places import JointPlaces
from envs.humanoid.leg_odometry import LegOdometry
from envs.humanoid.reach.references import Hands
from envs.humanoid.scene import g1_scene
from envs.humanoid.worker import WorkerEnvironment
from envs.robots.g1.arms import HAND_IN_WRIST
from envs.robots.g1.constants import JOINTS, WRISTS
from envs.robots.g1.links import G1Links, rotation_of
from envs.simulation import Simulation
from robolearn.errors import UserError
from robolearn.paths import shipped_checkpoint
from robolearn.policies.registry import load_policy
from robolearn.rotations import axis_angle_from_quaternion, conjugate, multiply, rotate

TURN = (math.cos(0.4), math.sin(0.4), 0.0, 0.0)


def hands(x: float, quaternion: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)) -> Hands:
    position = torch.tensor([[[x, 0.2, 0.8], [x, -0.2, 0.8]]])
    return Hands(position, torch.tensor(quaternion).expand(1, 2, 4))


@given(st.floats(0.0, 2.0), st.floats(0.0, 3.0))
def test_a_reference_goes_straight_no_faster_than_it_may(distance: float, seconds: float) -> None:
    reached = towards(hands(0.0), hands(distance, TURN), seconds)
    way = min(distance, SPEED * seconds)
    torch.testing.assert_close(reached.position, hands(way).position, atol=1e-5, rtol=1e-5)
    turn = multiply(reached.quaternion, conjugate(hands(0.0).quaternion))
    expected = min(0.8, TURNING * seconds)
    assert float(axis_angle_from_quaternion(turn)[0, 0, 0]) == pytest.approx(expected, abs=1e-3)


def test_a_reference_waits_for_hands_that_are_late() -> None:
    goal = HandGoal(0.02)
    for _ in range(200):
        goal.step(hands(2.0), hands(0.0))
    assert goal.reference is not None
    assert float(goal.reference.position[0, 0, 0]) == pytest.approx(0.25, abs=0.01)


def test_a_vector_is_two_poses_with_unit_quaternions() -> None:
    parsed = hands_of(torch.tensor([1.0, 2.0, 3.0, 2.0, 0.0, 0.0, 0.0, 4.0, 5.0, 6.0, 0.0, 0.0, 3.0, 0.0]))
    assert parsed.position[0, 1].tolist() == [4.0, 5.0, 6.0]
    assert parsed.quaternion[0].tolist() == [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]


def test_hands_are_where_the_simulator_has_them() -> None:
    simulation = Simulation(g1_scene().compile(), 1, 1, 1)
    follower = hand_follower(shipped_checkpoint("g1_manager"))
    assert isinstance(follower, HandFollower)
    generator = torch.Generator().manual_seed(0)
    angles = 0.4 * (2.0 * torch.rand(len(JOINTS), generator=generator) - 1.0)
    quaternion = torch.tensor((0.9, 0.1, -0.2, 0.3))
    quaternion = quaternion / torch.linalg.vector_norm(quaternion)
    follower.locate(quaternion.double().numpy(), angles.double().numpy())
    simulation.reset(torch.arange(1))
    qpos, turns, places = (simulation.view(name) for name in ("qpos", "xquat", "xpos"))
    qpos[0, :3], qpos[0, 3:7] = torch.from_numpy(follower.pelvis), quaternion.double()
    qpos[0, JointPlaces.of(simulation.model).positions] = angles.double()
    simulation.forward(torch.arange(1))
    measured = follower.hands()
    for side, name in enumerate(WRISTS):
        body = int(simulation.model.body(name).id)
        turn = turns[0, body].float()
        tip = places[0, body].float() + rotate(turn, torch.tensor(HAND_IN_WRIST[0]))
        torch.testing.assert_close(measured.position[0, side], tip, atol=1e-4, rtol=0.0)
        same = (measured.quaternion[0, side] * turn).sum().abs()
        assert float(same) == pytest.approx(1.0, abs=1e-5)


def test_a_walking_robot_knows_how_far_it_went() -> None:
    environment = WorkerEnvironment(1, randomness="none", num_threads=1)
    environment.set_command(torch.tensor([[0.5, 0.0, 0.0, 0.74]]))
    policy = load_policy(shipped_checkpoint("g1_worker"))
    policy.reset(num_envs=1)
    observation = environment.reset(torch.tensor([5]))
    odometry, links = LegOdometry(), G1Links()
    qpos = environment.simulation.view("qpos")
    begin = qpos[0, :3].clone()

    def locate() -> None:
        links.place(environment.state.joint_position[0].double().numpy())
        odometry.step(rotation_of(qpos[0, 3:7].numpy()), links.soles())

    for _ in range(250):
        locate()
        observation = environment.step(policy.act(observation)).observation
    locate()
    way = (qpos[0, :3] - begin).float()
    assert not bool(environment.done[0]) and float(way[:2].norm()) > 0.5
    assert float((torch.from_numpy(odometry.position) - way)[:2].norm()) < 0.06 * float(way[:2].norm())
    assert float(odometry.position[2]) == pytest.approx(float(qpos[0, 2]), abs=0.02)


def test_odometry_passes_over_what_is_not_finite() -> None:
    odometry, feet = LegOdometry(), np.array([[0.0, 0.1, -0.75], [0.0, -0.1, -0.75]])
    place = odometry.step(np.eye(3), feet)
    assert np.array_equal(odometry.step(np.full((3, 3), math.nan), feet), place)


def test_a_worker_is_no_manager() -> None:
    with pytest.raises(UserError, match="holds a policy of kind 'worker', not of a 'manager'"):
        hand_follower(shipped_checkpoint("g1_worker"))
