"""Batched kinematics against MuJoCo."""

import mujoco
import numpy as np
import pytest
import torch

from envs.robots.g1.constants import LEFT_ARM, RIGHT_LEG
from envs.robots.g1.model import build_g1
from envs.robots.serial_chain import serial_chain
from robolearn.kinematics.serial_chain import SerialChain


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return build_g1().compile()


@pytest.mark.parametrize(
    ("base", "tip", "joints"),
    [
        ("torso_link", "left_wrist_yaw_link", LEFT_ARM),
        ("pelvis", "right_ankle_roll_link", RIGHT_LEG),
        ("left_elbow_link", "left_wrist_roll_link", ("left_wrist_roll_joint",)),
    ],
)
def test_poses_are_mujocos(model: mujoco.MjModel, base: str, tip: str, joints: tuple[str, ...]) -> None:
    chain = serial_chain(model, base, tip)
    assert chain.joints == joints
    lower, upper = torch.tensor([model.joint(name).range.tolist() for name in joints]).unbind(1)
    shares = torch.rand(20, len(joints), generator=torch.Generator().manual_seed(0))
    angles = torch.lerp(lower, upper, shares)
    position, rotation = chain.pose(angles)
    data = mujoco.MjData(model)
    for row, (place, turn) in zip(angles, zip(position, rotation, strict=True), strict=True):
        for name, angle in zip(joints, row, strict=True):
            data.joint(name).qpos[:] = float(angle)
        mujoco.mj_forward(model, data)
        start, end = data.body(base), data.body(tip)
        frame = start.xmat.reshape(3, 3)
        np.testing.assert_allclose(place, frame.T @ (end.xpos - start.xpos), atol=2e-6)
        np.testing.assert_allclose(turn, frame.T @ end.xmat.reshape(3, 3), atol=2e-6)


def test_jacobian_and_gravity_are_mujocos(model: mujoco.MjModel) -> None:
    hand = ((0.05, 0.01, 0.0), (0.9, 0.1, -0.3, 0.3))
    hand = (hand[0], tuple(np.array(hand[1]) / np.linalg.norm(hand[1])))
    chain = serial_chain(model, "torso_link", "left_wrist_yaw_link", hand)
    shares = torch.rand(20, 7, generator=torch.Generator().manual_seed(2))
    data = mujoco.MjData(model)
    end = int(model.body("left_wrist_yaw_link").id)
    places = [int(model.joint(name).dofadr[0]) for name in LEFT_ARM]
    for row in torch.lerp(chain.lower, chain.upper, shares):
        turn = np.random.default_rng(int(1e6 * row[0].abs())).normal(size=4)
        data.qpos[3:7] = turn / np.linalg.norm(turn)
        for name, angle in zip(LEFT_ARM, row, strict=True):
            data.joint(name).qpos[:] = float(angle)
        mujoco.mj_forward(model, data)
        frame = data.body("torso_link").xmat.reshape(3, 3)
        position, rotation, jacobian = (value.double().numpy() for value in chain.jacobian(row))
        tip = data.body(end).xpos + data.body(end).xmat.reshape(3, 3) @ hand[0]
        linear, angular = np.zeros((3, model.nv)), np.zeros((3, model.nv))
        mujoco.mj_jac(model, data, linear, angular, tip, end)
        np.testing.assert_allclose(position, frame.T @ (tip - data.body("torso_link").xpos), atol=3e-6)
        expected = np.concatenate((frame.T @ linear, frame.T @ angular))[:, places]
        np.testing.assert_allclose(jacobian, expected, atol=3e-6)
        assert abs(np.linalg.det(rotation) - 1.0) < 1e-5
        down = torch.from_numpy(frame.T @ np.array((0.0, 0.0, -1.0))).float()
        np.testing.assert_allclose(chain.gravity_torque(row, down), data.qfrc_bias[places], atol=2e-5)


def test_chains_side_by_side_are_each_of_them(model: mujoco.MjModel) -> None:
    chains = [serial_chain(model, "torso_link", f"{side}_wrist_yaw_link") for side in ("left", "right")]
    angles = torch.rand(5, 2, 7, generator=torch.Generator().manual_seed(3))
    both = SerialChain.stacked(chains).jacobian(angles)
    for side, chain in enumerate(chains):
        for found, expected in zip(both, chain.jacobian(angles[:, side]), strict=True):
            assert torch.equal(found[:, side], expected)


def test_a_pose_does_not_depend_on_the_batch(model: mujoco.MjModel) -> None:
    chain = serial_chain(model, "torso_link", "left_wrist_yaw_link")
    angles = torch.rand(9, 7, generator=torch.Generator().manual_seed(1))
    for one, all_of_them in zip(chain.pose(angles[4:5]), chain.pose(angles), strict=True):
        assert torch.equal(one[0], all_of_them[4])


def test_a_link_that_hangs_elsewhere_is_refused(model: mujoco.MjModel) -> None:
    with pytest.raises(AssertionError, match="does not hang"):
        serial_chain(model, "left_hip_roll_link", "left_wrist_yaw_link")
