"""The batch behind the interface: shared memory, worlds apart, and what happens when one diverges."""

from pathlib import Path

import mujoco
import numpy as np
import pytest
import torch

from envs.simulation import Simulation
from robolearn.errors import UserError
from swing_environment import SCENE

WORLDS = torch.arange(4)
ARM, BALL = 1, 3
"""Bodies of the scene."""


def simulation(sleep: str = "enable", threads: int = 1, worlds: int = 4) -> Simulation:
    simulation = Simulation(
        mujoco.MjModel.from_xml_string(SCENE.format(sleep=sleep)), worlds, threads, substeps=20
    )
    simulation.expand("body_mass")
    everyone = torch.arange(worlds)
    simulation.reset(everyone)
    simulation.view("qpos")[:, 0] = 0.1 * everyone.double()
    simulation.forward(everyone)
    return simulation


def test_views_share_memory_with_the_physics() -> None:
    physics = simulation()
    qpos, xpos = physics.view("qpos"), physics.view("xpos")
    assert physics.view("qpos") is qpos
    assert qpos.dtype == torch.float64
    assert qpos.data_ptr() == physics.batch.bind("qpos").ctypes.data
    before = xpos[:, BALL].clone()
    physics.step(WORLDS, 10)
    assert (xpos[:, BALL, 2] < before[:, 2]).all()
    qpos[2, -7:-4] = torch.tensor([0.0, 0.0, 3.0], dtype=torch.float64)
    physics.forward(WORLDS)
    assert xpos[2, BALL, 2] == 3.0
    assert physics.data(2).xpos[BALL, 2] == 3.0


def test_each_world_has_its_own_model_fields() -> None:
    physics = simulation()
    physics.expand("body_mass")[:, ARM] = torch.tensor([0.5, 1.0, 2.0, 4.0], dtype=torch.float64)
    physics.view("qpos")[:, 0] = 0.0
    physics.view("ctrl")[:] = 1.0
    physics.step(WORLDS, 10)
    speed = physics.view("qvel")[:, 0]
    assert (speed[:-1] > speed[1:]).all() and (speed > 0).all()


@pytest.mark.parametrize("sleep", ["enable", "disable"])
def test_any_number_of_threads_and_worlds_gives_the_same_bits(sleep: str) -> None:
    def final(threads: int, worlds: int) -> torch.Tensor:
        physics = simulation(sleep, threads, worlds)
        for _ in range(20):
            physics.view("ctrl")[:] = torch.sin(3 * physics.view("qpos")[:, :1])
            physics.step(torch.arange(worlds), 20)
        return torch.from_numpy(physics.batch.state[:3].copy())

    reference = final(1, 3)
    assert torch.equal(final(3, 3), reference)
    assert torch.equal(final(2, 7), reference)


def test_only_named_worlds_are_stepped() -> None:
    physics = simulation()
    before = physics.view("qpos").clone()
    physics.step(torch.tensor([1, 3]), 10)
    moved = (physics.view("qpos") != before).any(-1)
    assert moved.tolist() == [False, True, False, True]
    assert physics.view("time").tolist() == pytest.approx([0.0, 0.05, 0.0, 0.05])
    assert physics.control_period == pytest.approx(0.1)


def diverge(physics: Simulation, world: int) -> None:
    """Push the ball of a world harder than any physics bears, and step all worlds."""
    physics.view("xfrc_applied")[world, BALL, 0] = 1e30
    physics.remember()
    physics.step(WORLDS, 10)


def test_a_world_that_diverges_ends_and_leaves_the_others_alone() -> None:
    physics, twin = simulation(), simulation()
    diverge(physics, 2)
    physics.step(WORLDS, 10)
    twin.step(WORLDS, 20)
    assert physics.fault.tolist() == [False, False, True, False]
    others = [0, 1, 3]
    np.testing.assert_array_equal(physics.batch.state[others], twin.batch.state[others])


@pytest.mark.parametrize(("field", "value"), [("qpos", torch.nan), ("qvel", torch.inf), ("ctrl", torch.nan)])
def test_numbers_that_are_none_are_a_fault(field: str, value: float) -> None:
    physics = simulation()
    physics.view(field)[1, 0] = value
    physics.step(WORLDS, 10)
    assert physics.fault.tolist() == [False, True, False, False]


def test_a_reset_world_runs_again_as_if_nothing_had_happened() -> None:
    physics, twin = simulation(), simulation()
    diverge(physics, 2)
    for each in (physics, twin):
        each.reset(torch.tensor([2]))
        each.view("qpos")[2, 0] = 0.3
        each.forward(torch.tensor([2]))
        each.step(torch.tensor([2]), 50)
    assert not physics.fault.any()
    np.testing.assert_array_equal(physics.batch.state[2], twin.batch.state[2])


def test_a_fault_is_dumped_and_can_be_replayed_in_any_world(tmp_path: Path) -> None:
    physics = simulation()
    physics.expand("body_mass")[2, BALL] = 0.125
    diverge(physics, 2)
    path = physics.dump_fault(2, tmp_path / "faults", "seed7")
    assert path == tmp_path / "faults/seed7.npz"
    replayed = simulation()
    replayed.replay_fault(path, world=1)
    assert replayed.expand("body_mass")[1, BALL] == 0.125
    assert replayed.view("qpos")[1, 0] == pytest.approx(0.2)
    assert not replayed.fault.any()
    replayed.step(WORLDS, 10)
    assert replayed.fault.tolist() == [False, True, False, False]
    with np.load(path, allow_pickle=False) as dump:
        np.testing.assert_array_equal(replayed.batch.state[1], dump["after"])


def test_a_file_that_is_no_fault_is_refused_in_one_line(tmp_path: Path) -> None:
    physics = simulation()
    path = tmp_path / "a.npz"
    with pytest.raises(UserError, match=r"a\.npz is not a fault of this model: .*No such file"):
        physics.replay_fault(path)
    np.savez(path, before=np.zeros(3))
    with pytest.raises(UserError, match="not a fault of this model"):
        physics.replay_fault(path)
    path.write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(UserError, match="not a fault of this model"):
        physics.replay_fault(path)
