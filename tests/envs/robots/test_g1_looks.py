"""The G1 as it is drawn: the simulated robot, with the URDF's meshes in the URDF's colours."""

import xml.etree.ElementTree as ElementTree
from collections import Counter

import mujoco
import numpy as np
import pytest
import torch

from envs.registry import make_model
from envs.rendering.renderer import WorldRenderer
from envs.rendering.studio import HIDDEN_GROUP
from envs.robots.g1.model import g1_description
from envs.simulation import Simulation
from robolearn.rendering_probe import probe_rendering

RENDERS = any(found.works for found in probe_rendering())
DARK, WHITE = (0.2, 0.2, 0.2, 1.0), (0.7, 0.7, 0.7, 1.0)


class Pictured:
    """The robot as it is simulated and as it is drawn."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.physics = make_model(name).compile()
        self.model = make_model(name, looks=True).compile()
        self.meshes = np.flatnonzero(self.model.geom_type == mujoco.mjtGeom.mjGEOM_MESH)


@pytest.fixture(scope="module", params=["g1", "g1_hands"])
def pictured(request: pytest.FixtureRequest) -> Pictured:
    return Pictured(request.param)


def test_every_visual_of_the_urdf_is_shown_in_its_colour(pictured: Pictured) -> None:
    description, urdf = g1_description(hands=pictured.name == "g1_hands")
    root = ElementTree.parse(description / urdf).getroot()
    named = {"dark": DARK, "white": WHITE}
    expected = Counter(named[material.attrib["name"]] for material in root.iterfind("link/visual/material"))
    colours = pictured.model.geom_rgba[pictured.meshes].astype(float).round(3)
    assert Counter(map(tuple, colours.tolist())) == expected
    assert (pictured.model.geom_group[pictured.meshes] < HIDDEN_GROUP).all()


def test_bodies_and_contacts_are_the_simulations(pictured: Pictured) -> None:
    physics, model = pictured.physics, pictured.model
    names = [[found.body(index).name for index in range(found.nbody)] for found in (physics, model)]
    assert names[0] == names[1]
    np.testing.assert_array_equal(physics.body_mass, model.body_mass)
    collides = (model.geom_contype | model.geom_conaffinity) > 0
    assert (model.geom_group[collides] == HIDDEN_GROUP).all()
    np.testing.assert_array_equal(model.geom_contype[collides], physics.geom_contype)
    np.testing.assert_array_equal(model.geom_pos[collides], physics.geom_pos)


def test_the_training_model_has_no_meshes(pictured: Pictured) -> None:
    assert pictured.physics.nmesh == pictured.physics.ncam == pictured.physics.nlight == 0


def test_the_head_is_where_the_mesh_is(pictured: Pictured) -> None:
    model, data = pictured.model, mujoco.MjData(pictured.model)
    mujoco.mj_forward(model, data)
    mesh = model.mesh("head_link_visual0")
    (head,) = np.flatnonzero(model.geom_dataid == mesh.id)
    local = model.mesh_vert[mesh.vertadr[0] : mesh.vertadr[0] + mesh.vertnum[0]]
    points = local @ data.geom_xmat[head].reshape(3, 3).T + data.geom_xpos[head]
    # The mesh's own bounds, 0.325 to 0.531 m over the pelvis, which stands at 0.793 m.
    np.testing.assert_allclose((points[:, 2].min(), points[:, 2].max()), (1.118, 1.324), atol=2e-3)
    np.testing.assert_allclose((points[:, 1].min(), points[:, 1].max()), (-0.078, 0.078), atol=2e-3)


@pytest.mark.skipif(not RENDERS, reason="this machine does not render")
def test_it_is_seen(pictured: Pictured) -> None:
    simulation = Simulation(pictured.physics, 1, 1, substeps=1)
    simulation.reset(torch.tensor([0]))
    renderer = WorldRenderer(simulation, make_model(pictured.name, looks=True), 48, 64, "front")
    pelvis = simulation.view("qpos")[0]
    pelvis[2] = 0.793
    standing = renderer.render(0)
    pelvis[2] = 50.0
    gone = renderer.render(0)
    renderer.close()
    assert standing.std() > 10
    assert (np.abs(standing.astype(int) - gone).max(-1) > 20).mean() > 0.05
