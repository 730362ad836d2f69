"""The worker's scene as it is drawn: the simulated robot, and a camera that stays with it."""

import mujoco
import numpy as np
import pytest
import torch

from envs.humanoid.scene import g1_scene
from envs.humanoid.worker import WorkerEnvironment
from envs.registry import make_model, make_renderer, make_shown_world
from envs.rendering.pictured_world import PicturedWorld
from envs.rendering.studio import HIDDEN_GROUP
from envs.robots.g1.constants import JOINTS
from robolearn.rendering_probe import probe_rendering

RENDERS = any(found.works for found in probe_rendering())


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return make_model("g1_worker", looks=True).compile()


def test_bodies_and_joints_are_the_simulations(model: mujoco.MjModel) -> None:
    physics = g1_scene().compile()
    names = [[found.body(index).name for index in range(found.nbody)] for found in (physics, model)]
    assert names[0] == names[1]
    for name in JOINTS:
        assert model.joint(name).qposadr == physics.joint(name).qposadr
    np.testing.assert_array_equal(model.body_mass, physics.body_mass)


def test_looks_and_floor_are_shown_and_touch_nothing(model: mujoco.MjModel) -> None:
    shown = model.geom_group < HIDDEN_GROUP
    assert (model.geom_type[shown] == mujoco.mjtGeom.mjGEOM_PLANE).sum() == 1
    assert (model.geom_type[shown] == mujoco.mjtGeom.mjGEOM_MESH).sum() > 25
    assert not (model.geom_contype[shown] | model.geom_conaffinity[shown]).any()


def test_camera_and_lights_walk_along_without_turning(model: mujoco.MjModel) -> None:
    assert model.vis.global_.cameraid == model.camera("front").id
    data, places = mujoco.MjData(model), []
    for x, yaw in ((0.0, 0.0), (7.0, 1.5)):
        data.qpos[:7] = (x, 0.0, 0.793, np.cos(yaw / 2), 0.0, 0.0, np.sin(yaw / 2))
        mujoco.mj_forward(model, data)
        camera = data.camera("front")
        towards = data.body("pelvis").xpos - camera.xpos
        # MuJoCo's cameras look along -z.
        forward = -camera.xmat.reshape(3, 3)[:, 2]
        assert forward @ towards / np.linalg.norm(towards) > 0.99
        places.append(np.concatenate((camera.xpos, camera.xmat, data.light("key").xpos)))
    moved = places[1] - places[0]
    expected = np.zeros(15)
    expected[[0, 12]] = 7.0
    np.testing.assert_allclose(moved, expected, atol=0.03)


@pytest.mark.parametrize("owned", ["legs_and_waist", "legs"])
def test_viewers_show_the_looks(owned: str) -> None:
    environment = WorkerEnvironment(1, num_threads=1, owned=owned)
    environment.reset(torch.tensor([2]))
    world = make_shown_world(environment)
    assert isinstance(world, PicturedWorld)
    world.follow(0)
    qpos = environment.simulation.view("qpos")[0].numpy()
    np.testing.assert_array_equal(world.data.qpos, qpos)


@pytest.mark.skipif(not RENDERS, reason="this machine does not render")
def test_the_robot_stays_in_the_picture_where_it_walks() -> None:
    environment = WorkerEnvironment(1, randomness="none", num_threads=1)
    environment.reset(torch.tensor([2]))
    renderer = make_renderer(environment, 64, 48, "front")
    place = environment.simulation.view("qpos")[0]
    pictures = []
    for x in (0.0, 8.0, 500.0):
        place[0] = x
        pictures.append(renderer.render(0).astype(int))
    renderer.close()
    middle = [picture[12:36, 24:40] for picture in pictures]
    assert all(patch.std() > 20 for patch in middle)
    assert np.abs(middle[0] - middle[1]).mean() < 8
