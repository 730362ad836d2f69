"""Marks are boxes in the scene, as far as there is room."""

import mujoco
import numpy as np
import torch

from envs.humanoid.tasks import reach
from envs.rendering.marks import Mark, draw


def _scene(room: int) -> mujoco.MjvScene:
    return mujoco.MjvScene(mujoco.MjSpec().compile(), room)


def test_marks_are_where_they_should_be() -> None:
    scene = _scene(10)
    half = np.sqrt(0.5)
    marks = [Mark((1.0, 2.0, 3.0), (half, 0.0, 0.0, half), (0.1, 0.2, 0.3), (1.0, 0.0, 0.0, 0.5))]
    draw(marks, scene)
    assert scene.ngeom == 1
    geom = scene.geoms[0]
    np.testing.assert_allclose(geom.pos, (1.0, 2.0, 3.0))
    np.testing.assert_allclose(geom.mat, [[0, -1, 0], [1, 0, 0], [0, 0, 1]], atol=1e-6)
    np.testing.assert_allclose(geom.size, (0.1, 0.2, 0.3), rtol=1e-6)


def test_a_full_scene_takes_no_more() -> None:
    scene = _scene(2)
    draw([Mark((0, 0, 0), (1, 0, 0, 0), (1, 1, 1), (1, 1, 1, 1))] * 5, scene)
    assert scene.ngeom == 2


def test_the_hands_references_are_marked() -> None:
    environment = reach(1, num_threads=1)
    environment.reset(torch.tensor([1]))
    left, right = environment.marks(0)
    resting = environment.arms.hands().position[0]
    np.testing.assert_allclose([left.position, right.position], resting, atol=1e-5)
