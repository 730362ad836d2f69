import math

import mujoco
import numpy as np
import pytest

from envs.assembly.pictures import picture_one_leg
from envs.assembly.scene import LEGS, TOP, build_one_leg
from envs.robots.panda import constants as panda


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return picture_one_leg().compile()


@pytest.fixture(scope="module")
def data(model: mujoco.MjModel) -> mujoco.MjData:
    data = mujoco.MjData(model)
    for name, value in zip(panda.ARM_JOINTS, panda.RESET_JOINT_POSITIONS, strict=True):
        data.joint(name).qpos[:] = value
    mujoco.mj_forward(model, data)
    return data


def direction(data: mujoco.MjData, camera: str, target: np.ndarray) -> np.ndarray:
    """Where the camera sees a point: tangents of the angles to the right and upwards of its centre."""
    local = data.camera(camera).xmat.reshape(3, 3).T @ (target - data.camera(camera).xpos)
    assert local[2] < 0, "behind the camera"
    return local[:2] / -local[2]


def test_bodies_and_joints_are_the_simulations(model: mujoco.MjModel) -> None:
    physics = build_one_leg().compile()
    assert model.nq == physics.nq
    np.testing.assert_array_equal(model.jnt_qposadr, physics.jnt_qposadr)
    assert [model.body(i).name for i in range(model.nbody)] == [
        physics.body(i).name for i in range(physics.nbody)
    ]


def test_the_training_model_stays_light() -> None:
    physics = build_one_leg().compile()
    assert physics.mesh_facenum.sum() < 200
    assert physics.ncam == physics.nlight == 0


def test_every_link_and_part_has_something_to_see(model: mujoco.MjModel) -> None:
    links = [f"panda_link{index}" for index in range(8)]
    for name in (*links, "panda_hand", "panda_leftfinger", "panda_rightfinger", TOP, *LEGS, "obstacle"):
        shown = [geom for geom in range(model.ngeom) if model.geom_bodyid[geom] == model.body(name).id]
        assert any(model.geom_group[geom] < 3 for geom in shown), name
    assert model.mesh_facenum.sum() > 100_000


def corners(model: mujoco.MjModel, geom: int) -> np.ndarray:
    """Points of a geom that span its bounds, (K, 3), in its own frame."""
    if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_MESH:
        mesh = model.mesh(model.geom_dataid[geom])
        return model.mesh_vert[mesh.vertadr[0] : mesh.vertadr[0] + mesh.vertnum[0]]
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return model.geom_aabb[geom, :3] + signs * model.geom_aabb[geom, 3:]


def bounds(model: mujoco.MjModel, body: str, hidden: bool) -> np.ndarray:
    """Lower and upper corner, in the body's frame, of all its hidden or shown geoms."""
    points = []
    for geom in np.flatnonzero(model.geom_bodyid == model.body(body).id).tolist():
        if (model.geom_group[geom] == 3) == hidden:
            rotation = np.zeros(9)
            mujoco.mju_quat2Mat(rotation, model.geom_quat[geom])
            points.append(corners(model, geom) @ rotation.reshape(3, 3).T + model.geom_pos[geom])
    return np.array([np.concatenate(points).min(0), np.concatenate(points).max(0)])


@pytest.mark.parametrize("name", [TOP, *LEGS])
def test_looks_fill_the_shape_that_collides(model: mujoco.MjModel, name: str) -> None:
    np.testing.assert_allclose(bounds(model, name, False), bounds(model, name, True), atol=2e-4)


def test_the_front_camera_looks_over_the_workspace_at_the_robot(data: mujoco.MjData) -> None:
    reach = math.tan(math.radians(42.5 / 2))
    np.testing.assert_allclose(data.camera("front").xpos, (1.2, 0.0, 0.235), atol=1e-12)
    for point in ((0.6815, 0.175, 0.0), (0.37, -0.2, 0.0), (0.0, 0.0, 0.1)):
        right, up = direction(data, "front", np.array(point))
        assert abs(right) < 4 / 3 * reach and abs(up) < reach
    assert direction(data, "front", np.array((0.5, 0.2, 0.0)))[0] > 0


def test_the_wrist_camera_sees_the_fingertips_with_the_robot_upwards(data: mujoco.MjData) -> None:
    reach = math.tan(math.radians(55 / 2))
    tips = data.site(panda.END_EFFECTOR_SITE)
    right, up = direction(data, "wrist", tips.xpos)
    assert abs(right) < 1e-9 and -reach < up < 0
    hand = tips.xmat.reshape(3, 3)
    assert direction(data, "wrist", tips.xpos - 0.03 * hand[:, 0])[1] > up
    assert direction(data, "wrist", tips.xpos + 0.03 * hand[:, 1])[0] < 0
