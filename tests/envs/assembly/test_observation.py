"""Order, frames, units and signs of what one_leg shows its policies."""

import math

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from envs.assembly import observation as spaces
from envs.assembly.one_leg import OneLegEnvironment
from envs.assembly.scene import LEGS, OBSTACLE, PARTS, TOP
from envs.assembly.workspace import TAG_ROTATION
from envs.robots.panda import constants as panda
from robolearn.environment import episode_seeds

POINTING_DOWN = torch.tensor([[0.55, 0.05, 0.2, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0, -1.0]])


def place(name: str) -> int:
    """Index of the entry `name`."""
    return spaces.OBSERVATION.names.index(name)


def entries(observation: torch.Tensor, prefix: str) -> np.ndarray:
    """(N, K), all entries whose names begin with `prefix`."""
    chosen = [i for i, name in enumerate(spaces.OBSERVATION.names) if name.startswith(prefix)]
    assert chosen
    return observation[:, chosen].numpy()


def test_the_vectors_have_the_published_sizes_and_order() -> None:
    assert (spaces.OBSERVATION.size, spaces.ACTION.size) == (58, 10)
    assert place("ee_position_in_robot.x") == 0
    assert place("ee_rotation_in_robot.xx") == 3
    assert place("ee_linear_velocity_in_robot.x") == 9
    assert place("ee_angular_velocity_in_robot.x") == 12
    assert place("gripper_width") == 15
    for index, name in enumerate((TOP, *LEGS, OBSTACLE)):
        assert place(f"{name}_position_in_tag.x") == 16 + 7 * index
        assert place(f"{name}_quaternion_in_tag.w") == 16 + 7 * index + 6
    assert spaces.ACTION.names[:3] == spaces.OBSERVATION.names[:3]
    assert spaces.ACTION.names[3:9] == spaces.OBSERVATION.names[3:9]
    assert spaces.ACTION.names[9] == "gripper"


def test_every_entry_says_its_unit() -> None:
    for name, unit in zip(spaces.OBSERVATION.names, spaces.OBSERVATION.units, strict=True):
        expected = (
            "m/s"
            if "linear_velocity" in name
            else "rad/s"
            if "angular_velocity" in name
            else "m"
            if "position" in name or "width" in name
            else "1"
        )
        assert unit == expected, name


def test_the_robots_entries_describe_its_hand() -> None:
    environment = OneLegEnvironment(2, num_threads=1)
    environment.reset(episode_seeds(1, 0, 2))
    observation = [environment.step(POINTING_DOWN.expand(2, -1)) for _ in range(4)][-1].observation
    for world in (0, 1):
        data = environment.simulation.data(world)
        hand = data.site(panda.END_EFFECTOR_SITE)
        matrix = hand.xmat.reshape(3, 3)
        np.testing.assert_allclose(entries(observation, "ee_position")[world], hand.xpos, atol=1e-6)
        np.testing.assert_allclose(entries(observation, "ee_rotation")[world], matrix[:2].ravel(), atol=1e-6)
        width = sum(float(data.joint(name).qpos[0]) for name in panda.FINGER_JOINTS)
        np.testing.assert_allclose(entries(observation, "gripper_width")[world], width, atol=1e-6)


def test_velocities_are_those_that_positions_change_by() -> None:
    environment = OneLegEnvironment(1, num_threads=1)
    before = environment.reset(episode_seeds(1, 0, 1))
    assert not entries(before, "ee_linear_velocity").any()
    moves = [environment.step(POINTING_DOWN).observation for _ in range(3)]
    speed = entries(moves[-1], "ee_linear_velocity")
    change = (entries(moves[-1], "ee_position") - entries(moves[-2], "ee_position")) * 10.0
    assert np.linalg.norm(speed - change) < 0.5 * np.linalg.norm(change)


def test_parts_are_seen_in_the_tag_frame() -> None:
    environment = OneLegEnvironment(2, randomness="high", num_threads=1)
    observation = environment.reset(episode_seeds(1, 0, 2))
    position, quaternion = environment.part_poses()
    to_tag = Rotation.from_matrix(TAG_ROTATION)
    for index, name in enumerate(PARTS):
        x, y, z = position[:, index].unbind(-1)
        in_tag = torch.stack((y, x - 0.3015, -z), -1)
        np.testing.assert_allclose(entries(observation, f"{name}_position"), in_tag, atol=1e-6)
        expected = to_tag * Rotation.from_quat(quaternion[:, index].numpy(), scalar_first=True)
        found = Rotation.from_quat(entries(observation, f"{name}_quaternion"))
        assert (found.inv() * expected).magnitude().max() < 1e-5
    shift = environment.obstacle_position()
    expected = torch.stack((shift[:, 1], shift[:, 0] - 0.3015, -shift[:, 2]), -1)
    np.testing.assert_allclose(entries(observation, f"{OBSTACLE}_position"), expected, atol=1e-6)


def test_quaternions_never_flip_their_sign_from_episode_to_episode() -> None:
    environment = OneLegEnvironment(24, randomness="high", num_threads=1)
    observation = environment.reset(episode_seeds(2, 0, 24))
    for name in (*PARTS, OBSTACLE):
        quaternions = entries(observation, f"{name}_quaternion")
        assert (quaternions @ quaternions[0]).min() > 0.5


@settings(max_examples=50)
@given(st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4), st.integers(0, 3))
def test_a_quaternion_is_given_in_the_half_space_of_its_reference(values: list[float], axis: int) -> None:
    quaternion = torch.tensor(values, dtype=torch.float64)
    if quaternion.norm() < 0.1:
        quaternion[axis] = 1.0
    quaternion = (quaternion / quaternion.norm())[None, None]
    reference = spaces.rotation_in_tag(torch.eye(4, dtype=torch.float64)[None, axis])
    position = torch.zeros(1, 1, 3, dtype=torch.float64)
    poses = spaces.poses_in_tag(position, quaternion, reference)
    opposite = spaces.poses_in_tag(position, -quaternion, reference)
    found = torch.cat((poses[..., 6:], poses[..., 3:6]), -1)
    assert ((found * reference).sum(-1) >= -1e-12).all()
    similarity = float((found * reference).sum())
    if abs(similarity) > 1e-9:
        assert torch.equal(poses, opposite)
    assert math.isclose(float(found.norm()), 1.0, abs_tol=1e-9)
