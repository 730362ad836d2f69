"""MuJoCo Warp's worlds against MuJoCo's: the same motion, the same robots, the same interface."""

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from envs.humanoid.joint_places import JointPlaces
from envs.humanoid.randomisation import Parameters, Randomisation
from envs.humanoid.scene import SUBSTEPS, g1_scene
from envs.physics import Physics
from envs.robots.g1.crouch import crouch_posture, crouch_targets
from envs.simulation import Simulation
from robolearn.environment import episode_seeds

pytest.importorskip("mujoco_warp")
from envs.warp_simulation import WarpSimulation

WORLDS = 4
ALL = torch.arange(WORLDS)
STEPS = 10
MODEL = g1_scene().compile()
PLACES = JointPlaces.of(MODEL)
CPU = torch.device("cpu")


@cache
def both() -> tuple[Physics, Physics]:
    """Simulations of the same worlds, MuJoCo's first; Warp compiles once."""
    return Simulation(MODEL, WORLDS, 1, SUBSTEPS), WarpSimulation(MODEL, WORLDS, SUBSTEPS, CPU)


def begin(simulation: Physics) -> None:
    """Crouching robots of different heights, with the soles on the floor."""
    height = torch.linspace(0.5, 0.74, WORLDS)
    simulation.reset(ALL)
    simulation.view("qpos")[:, 2] = height.to(simulation.view("qpos"))
    simulation.view("qpos")[:, PLACES.positions] = crouch_posture(height).to(simulation.view("qpos"))
    simulation.view("ctrl")[:, PLACES.motors] = crouch_targets(height).to(simulation.view("ctrl"))
    simulation.forward(ALL)


def run(simulation: Physics, steps: int = STEPS) -> Tensor:
    """Positions (steps, N, nq) under targets that swing, from wherever the worlds are."""
    generator = torch.Generator().manual_seed(0)
    rest, found = simulation.view("ctrl").clone(), []
    for _ in range(steps):
        swing = 0.1 * torch.randn(rest.shape, generator=generator)
        simulation.view("ctrl")[:] = rest + swing.to(rest)
        simulation.step(ALL, SUBSTEPS)
        found.append(simulation.view("qpos").double().clone())
    return torch.stack(found)


def test_robots_move_alike_for_a_fifth_of_a_second() -> None:
    paths = []
    for simulation in both():
        begin(simulation)
        paths.append(run(simulation))
    moved = (paths[0][-1] - paths[0][0]).abs().amax()
    assert moved > 0.1
    torch.testing.assert_close(paths[1], paths[0], atol=2e-3, rtol=0.0)


def test_other_robots_differ_alike() -> None:
    """Masses, inertias, friction, gains, limits and delays of each world act as MuJoCo's do."""
    begun, drawn = [], []
    for simulation in both():
        begin(simulation)
        begun.append(run(simulation))
        parameters = Parameters(simulation, Randomisation())
        parameters.draw(episode_seeds(2, 0, WORLDS), ALL, torch.ones(WORLDS))
        begin(simulation)
        drawn.append(run(simulation))
        parameters.draw(episode_seeds(2, 0, WORLDS), ALL, torch.zeros(WORLDS))
        simulation.delay_actions(ALL, torch.zeros(WORLDS))
    differs = drawn[0] - begun[0]
    assert (differs[-1].abs().amax(1) > 0.05).all()
    torch.testing.assert_close(drawn[1], drawn[0], atol=4e-3, rtol=0.0)


def test_a_delay_shifts_the_response() -> None:
    simulation = both()[1]
    Parameters(simulation, Randomisation(delay=(0, 0))).draw(episode_seeds(2, 0, 4), ALL, torch.zeros(4))
    simulation.reset(ALL)
    simulation.view("qpos")[:, 2] = 2.0
    simulation.delay_actions(ALL, torch.arange(WORLDS))
    simulation.forward(ALL)
    simulation.view("ctrl")[:, 20] = 0.5
    moved = []
    for _ in range(WORLDS):
        simulation.step(ALL, 1)
        moved.append(simulation.view("qvel")[:, 26].abs() > 1e-2)
    assert torch.equal(torch.stack(moved), torch.ones(WORLDS, WORLDS).tril().bool())


def test_a_delay_is_the_same_late_in_an_episode() -> None:
    """Where float32 no longer tells steps of time exactly."""
    simulation = both()[1]
    simulation.expand("actuator_delay")
    torques = []
    for start in (0.0, 19.9):
        begin(simulation)
        simulation.delay_actions(ALL, torch.full((WORLDS,), 3))
        _age(simulation, start)
        run(simulation)
        torques.append(simulation.view("actuator_force").clone())
    torch.testing.assert_close(torques[1], torques[0], atol=0.5, rtol=0.0)


def _age(simulation: Physics, seconds: float) -> None:
    """Let the worlds be so old, and their samples of actions with them."""
    simulation.view("time")[:] = seconds
    samples = 4
    history = simulation.view("history").view(WORLDS, -1, 2 + 2 * samples)
    history[..., 2 : 2 + samples] += seconds


def test_worlds_that_begin_or_wait_leave_the_others_alone() -> None:
    simulation = both()[1]
    begin(simulation)
    alone = run(simulation)
    begin(simulation)
    simulation.step(torch.tensor([1]), SUBSTEPS)
    waiting = torch.tensor([0, 2, 3])
    begun = simulation.view("qpos").clone()
    simulation.reset(torch.tensor([1]))
    assert torch.equal(simulation.view("qpos")[waiting], begun[waiting])
    assert not torch.equal(simulation.view("qpos")[1], begun[1])
    again = run(simulation)
    torch.testing.assert_close(again[:, waiting], alone[:, waiting], atol=1e-5, rtol=0.0)


def test_a_world_that_diverges_is_kept_out_until_it_begins_anew(tmp_path: Path) -> None:
    simulation = both()[1]
    begin(simulation)
    alone = run(simulation)
    begin(simulation)
    simulation.remember()
    simulation.view("qvel")[2, 7] = math.nan
    path = run(simulation)
    assert simulation.fault.tolist() == [False, False, True, False]
    others = torch.tensor([0, 1, 3])
    torch.testing.assert_close(path[:, others], alone[:, others], atol=1e-5, rtol=0.0)
    with np.load(simulation.dump_fault(2, tmp_path, "fault")) as dump:
        assert np.isfinite(dump["before"]).all() and not np.isfinite(dump["after"]).all()
    begin(simulation)
    assert not simulation.fault.any()
    torch.testing.assert_close(run(simulation), alone, atol=1e-5, rtol=0.0)


def test_worlds_go_on_from_their_state() -> None:
    simulation = both()[1]
    begin(simulation)
    run(simulation, 3)
    state, rest = simulation.state(), simulation.view("ctrl").clone()
    first = run(simulation, 3)
    simulation.reset(ALL)
    simulation.put_state(state)
    simulation.forward(ALL)
    assert torch.equal(simulation.view("ctrl"), rest)
    torch.testing.assert_close(run(simulation, 3), first, atol=1e-5, rtol=0.0)
