"""Batched forward kinematics against MuJoCo."""

import mujoco
import numpy as np
import pytest
import torch

from envs.robots.g1.constants import LEFT_ARM, RIGHT_LEG
from envs.robots.g1.model import build_g1
from envs.robots.serial_chain import SerialChain


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
    chain = SerialChain(model, base, tip)
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


def test_a_pose_does_not_depend_on_the_batch(model: mujoco.MjModel) -> None:
    chain = SerialChain(model, "torso_link", "left_wrist_yaw_link")
    angles = torch.rand(9, 7, generator=torch.Generator().manual_seed(1))
    for one, all_of_them in zip(chain.pose(angles[4:5]), chain.pose(angles), strict=True):
        assert torch.equal(one[0], all_of_them[4])


def test_a_link_that_hangs_elsewhere_is_refused(model: mujoco.MjModel) -> None:
    with pytest.raises(AssertionError, match="does not hang"):
        SerialChain(model, "left_hip_roll_link", "left_wrist_yaw_link")
