"""MuJoCo Warp's worlds against MuJoCo's: the same motion, the same robots, the same interface.

On the GPU where there is one. Tolerances: of robots with the nominal masses, states were within 3e-6 after
ten control steps, which is float32. With other masses feet are a little harder or softer than MuJoCo's (see
`WarpSimulation`), which was up to 0.03 rad at the ankles.
"""

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from envs.humanoid.joint_places import JointPlaces
from envs.humanoid.randomisation import NOTHING, Parameters, Randomisation
from envs.humanoid.scene import SUBSTEPS, g1_scene
from envs.physics import Physics
from envs.robots.g1.crouch import crouch_posture, crouch_targets
from envs.simulation import Simulation
from robolearn.environment import episode_seeds

pytest.importorskip("mujoco_warp")
from envs.warp_simulation import WarpSimulation

WORLDS = 4
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
STEPS = 10
MODEL = g1_scene().compile()
PLACES = JointPlaces.of(MODEL)


def every(simulation: Physics) -> Tensor:
    """All worlds."""
    return torch.arange(WORLDS, device=simulation.device)


@cache
def both() -> tuple[Physics, Physics]:
    """Simulations of the same worlds, MuJoCo's first; Warp compiles once."""
    return Simulation(MODEL, WORLDS, 1, SUBSTEPS), WarpSimulation(MODEL, WORLDS, SUBSTEPS, DEVICE)


def begin(simulation: Physics) -> None:
    """Crouching robots of different heights, with the soles on the floor."""
    qpos, ctrl, worlds = simulation.view("qpos"), simulation.view("ctrl"), every(simulation)
    height = torch.linspace(0.5, 0.74, WORLDS)
    simulation.reset(worlds)
    qpos[:, 2] = height.to(qpos)
    qpos[:, PLACES.positions.to(qpos.device)] = crouch_posture(height).to(qpos)
    ctrl[:, PLACES.motors.to(qpos.device)] = crouch_targets(height).to(ctrl)
    simulation.forward(worlds)


def run(simulation: Physics, steps: int = STEPS) -> Tensor:
    """Positions (steps, N, nq), on the CPU, under targets that swing, from wherever the worlds are."""
    generator = torch.Generator().manual_seed(0)
    rest, found = simulation.view("ctrl").clone(), []
    for _ in range(steps):
        swing = 0.1 * torch.randn(rest.shape, generator=generator)
        simulation.view("ctrl")[:] = rest + swing.to(rest)
        simulation.step(every(simulation), SUBSTEPS)
        found.append(simulation.view("qpos").cpu().double().clone())
    return torch.stack(found)


def test_robots_move_alike_for_a_fifth_of_a_second() -> None:
    paths = []
    for simulation in both():
        begin(simulation)
        paths.append(run(simulation))
    moved = (paths[0][-1] - paths[0][0]).abs().amax()
    assert moved > 0.1
    torch.testing.assert_close(paths[1], paths[0], atol=1e-4, rtol=0.0)


def drawn(simulation: Physics, randomisation: Randomisation) -> Tensor:
    """As `run`, of robots that differ."""
    seeds, spread = episode_seeds(2, 0, WORLDS), torch.ones(WORLDS)
    parameters = Parameters(simulation, randomisation)
    parameters.draw(seeds.to(simulation.device), every(simulation), spread.to(simulation.device))
    begin(simulation)
    return run(simulation)


def test_friction_gains_limits_and_delays_act_alike() -> None:
    ranges = Randomisation()
    randomisation = replace(
        NOTHING,
        friction=ranges.friction,
        stiffness=ranges.stiffness,
        damping=ranges.damping,
        strength=ranges.strength,
        delay=ranges.delay,
    )
    nominal, mujoco, warp = (
        drawn(both()[0], NOTHING),
        *(drawn(simulation, randomisation) for simulation in both()),
    )
    assert ((mujoco - nominal)[-1].abs().amax(1) > 0.01).all()
    torch.testing.assert_close(warp, mujoco, atol=1e-4, rtol=0.0)


def test_masses_act_alike() -> None:
    nominal, mujoco, warp = (
        drawn(both()[0], NOTHING),
        *(drawn(simulation, Randomisation()) for simulation in both()),
    )
    differs = (mujoco - nominal).abs()
    assert (differs[-1].amax(1) > 0.05).all()
    error = (warp - mujoco).abs()
    assert error.mean() < 0.1 * differs.mean() and error.amax() < 0.06


def test_a_delay_shifts_the_response() -> None:
    simulation = both()[1]
    worlds = every(simulation)
    drawn(simulation, NOTHING)
    simulation.reset(worlds)
    simulation.view("qpos")[:, 2] = 2.0
    simulation.delay_actions(worlds, worlds)
    simulation.forward(worlds)
    simulation.view("ctrl")[:, 20] = 0.5
    moved = []
    for _ in range(WORLDS):
        simulation.step(worlds, 1)
        moved.append(simulation.view("qvel")[:, 26].abs().cpu() > 1e-2)
    assert torch.equal(torch.stack(moved), torch.ones(WORLDS, WORLDS).tril().bool())


def test_a_delay_is_the_same_late_in_an_episode() -> None:
    """Where float32 no longer tells steps of time exactly."""
    simulation = both()[1]
    drawn(simulation, NOTHING)
    worlds, torques = every(simulation), []
    for start in (0.0, 19.9):
        begin(simulation)
        simulation.delay_actions(worlds, torch.full_like(worlds, 3))
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
    one = torch.tensor([1], device=DEVICE)
    before = simulation.state()
    simulation.step(one, SUBSTEPS)
    after = simulation.state()
    waiting = torch.tensor([0, 2, 3])
    assert torch.equal(after[waiting], before[waiting]) and not torch.equal(after[1], before[1])
    simulation.reset(one)
    assert torch.equal(simulation.state()[waiting], before[waiting])
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
    simulation.reset(every(simulation))
    simulation.put_state(state)
    simulation.forward(every(simulation))
    assert torch.equal(simulation.view("ctrl"), rest)
    torch.testing.assert_close(run(simulation, 3), first, atol=1e-5, rtol=0.0)
