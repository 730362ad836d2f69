import mujoco
import numpy as np
import pytest
import torch

from envs.assembly.one_leg import OneLegEnvironment
from envs.assembly.scene import OBSTACLE, TOP
from envs.registry import make_shown_world
from envs.rendering.pictured_world import PicturedWorld, PlainWorld
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from swing_environment import Swing
from toy_environment import PointMassEnvironment


def test_a_pictured_world_is_where_the_simulated_one_is() -> None:
    environment = OneLegEnvironment(2, randomness="high", num_threads=1)
    environment.reset(episode_seeds(0, 0, 2))
    shown = make_shown_world(environment)
    assert isinstance(shown, PicturedWorld)
    for world in (1, 0):
        shown.follow(world)
        expected = environment.simulation.data(world)
        np.testing.assert_array_equal(shown.data.qpos, expected.qpos)
        np.testing.assert_allclose(shown.data.xpos, expected.xpos, atol=1e-12)
        obstacle = environment.obstacle_position()[world]
        np.testing.assert_allclose(shown.data.body(OBSTACLE).xpos, obstacle, atol=1e-12)


def test_a_diverged_world_stays_where_it_was() -> None:
    environment = OneLegEnvironment(1, num_threads=1)
    environment.reset(episode_seeds(0, 0, 1))
    shown = make_shown_world(environment)
    shown.follow(0)
    before = shown.data.body(TOP).xpos.copy()
    environment.simulation.view("qpos")[0] = torch.nan
    shown.follow(0)
    np.testing.assert_array_equal(shown.data.body(TOP).xpos, before)


def test_a_task_without_looks_is_shown_as_it_is_simulated() -> None:
    environment = Swing(2)
    environment.reset(torch.tensor([3, 60]))
    shown = make_shown_world(environment)
    assert isinstance(shown, PlainWorld)
    shown.follow(1)
    assert shown.data.qpos[0] == pytest.approx(0.6)
    assert shown.model.body_mass[1] == pytest.approx(1.4)


def test_models_that_are_of_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match="other bodies"):
        PicturedWorld(Swing(1).simulation, mujoco.MjSpec())
    with pytest.raises(UserError, match="point_mass has no physics engine"):
        make_shown_world(PointMassEnvironment(1))
