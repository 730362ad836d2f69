"""Pinocchio's Panda is MuJoCo's, and its targets are those of one_leg's controller."""

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from envs.assembly.one_leg import OneLegEnvironment
from envs.robots.panda.kinematics import PandaKinematics
from envs.robots.panda.limits import HIGHEST, LOWEST, panda_limits
from robolearn.bridge.arm.pose import EndEffectorPose
from robolearn.environment import episode_seeds

DOWN = [1.0, 0.0, 0.0, 0.0, -1.0, 0.0]


def test_it_is_where_mujoco_says() -> None:
    environment, kinematics = OneLegEnvironment(1, num_threads=1), PandaKinematics()
    environment.reset(episode_seeds(3, 0, 1))
    arm, speeds = environment.arm, environment.simulation.view("qvel")[0, :7]
    for step in range(5):
        environment.step(torch.tensor([[0.5, 0.1 - 0.05 * step, 0.2, *DOWN, 1.0]]))
        pose, velocity = kinematics.motion(arm.joint_positions[0].numpy(), speeds.numpy())
        np.testing.assert_allclose(pose.position, arm.position[0], atol=1e-13)
        np.testing.assert_allclose(pose.rotation.as_matrix(), arm.matrix[0], atol=1e-13)
        np.testing.assert_allclose(velocity, arm.velocity()[0], atol=1e-12)
        target = EndEffectorPose(np.array([0.55, 0.0, 0.1]), Rotation.from_euler("x", np.pi - 0.1 * step))
        expected = arm.joint_targets(
            torch.from_numpy(target.position)[None], torch.from_numpy(target.rotation.as_matrix())[None]
        )
        angles = kinematics.angles_towards(arm.joint_positions[0].numpy(), target)
        np.testing.assert_allclose(angles, expected[0], atol=1e-12)


def test_limits_are_the_urdfs_and_the_box_is_on_the_table() -> None:
    kinematics = PandaKinematics()
    limits = panda_limits(kinematics)
    model = OneLegEnvironment(1, num_threads=1).simulation.model
    np.testing.assert_allclose(np.stack([limits.lower, limits.upper], 1), model.jnt_range[:7])
    assert (np.array(LOWEST) < np.array(HIGHEST)).all() and LOWEST[2] == 0.0
    assert panda_limits(kinematics, 2.0).step == 2 * limits.step
