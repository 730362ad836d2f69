"""The thread in physics: a hand (a body that follows a target) holds the leg over a fixed top."""

import math

import mujoco
import numpy as np
import pytest
import torch

from envs.assembly.furniture import square_table
from envs.assembly.part_models import add_leg, add_table_top
from envs.assembly.thread_coupling import ThreadCoupling
from envs.assembly.thread_geometry import SHARED_THREAD
from envs.assembly.thread_model import add_nut
from envs.simulation import Simulation

THREAD = SHARED_THREAD
SEATS = [(x, square_table.ASSEMBLED_LEG_Y, z) for x, z in square_table.HOLES]
HOLE = 3
CHUNK = 4
GRAVITY = 9.81
TIMESTEP = 0.005
SLIP = 0.6
"""Angle by which the hand may be ahead of the leg before the fingers slip [rad]."""


class HeldLeg:
    """Worlds with a top at the origin (y up), a leg, and a hand welded to the leg."""

    def __init__(self, yaws: list[float], *, height: float) -> None:
        self.count = len(yaws)
        model = _model()
        self.simulation = Simulation(model, self.count, 1, CHUNK)
        self.worlds = torch.arange(self.count)
        self.coupling = ThreadCoupling(self.simulation, "leg", "top", SEATS, THREAD)
        self.qpos = self.simulation.view("qpos")
        self.leg = int(model.joint("leg").qposadr[0])
        self.hand_position = self.simulation.view("mocap_pos")
        self.hand_rotation = self.simulation.view("mocap_quat")
        self.leg_body = model.body("leg").id
        self.grip = model.equality("grip").id
        self.place(torch.tensor(yaws, dtype=torch.float64), height)

    def place(self, yaw: torch.Tensor, height: float, offset: float = 0.0, tilt: float = 0.0) -> None:
        x, y, z = SEATS[HOLE]
        position = torch.tensor([x + offset, y + height, z], dtype=torch.float64)
        rotation = _about_y(yaw, tilt)
        self.qpos[:, self.leg : self.leg + 3] = position
        self.qpos[:, self.leg + 3 : self.leg + 7] = rotation
        self.hand_position[:, 0] = position
        self.hand_rotation[:, 0] = rotation
        self.yaw = yaw.clone()

    def run(
        self, seconds: float, *, rise: float = 0.0, turn: float = 0.0, press: float | None = None
    ) -> None:
        """Move the hand: rise [m/s], turn [rad/s] about the axis; press [m]: stay that far below the leg."""
        for _ in range(round(seconds / (CHUNK * TIMESTEP))):
            ahead = self.yaw + turn * CHUNK * TIMESTEP - torch.from_numpy(self.leg_yaw)
            ahead = torch.remainder(ahead + math.pi, 2 * math.pi) - math.pi
            self.yaw = torch.from_numpy(self.leg_yaw) + ahead.clamp(-SLIP, SLIP)
            self.hand_rotation[:, 0] = _about_y(self.yaw)
            if press is None:
                self.hand_position[:, 0, 1] += rise * CHUNK * TIMESTEP
            else:
                self.hand_position[:, 0, 1] = self.qpos[:, self.leg + 1] - press
            self.simulation.step(self.worlds, CHUNK)
            self.coupling.update(self.worlds)

    def hang_the_top_on_the_leg(self) -> None:
        """Let go of the leg, and pull at it as the top would that hangs on it."""
        self.simulation.view("eq_active")[:, self.grip] = 0.0
        weight = square_table.TOP_INERTIA.mass + square_table.LEG_INERTIA.mass
        self.simulation.view("xfrc_applied")[:, self.leg_body, 1] = weight * GRAVITY

    @property
    def height(self) -> np.ndarray:
        return (self.qpos[:, self.leg + 1] - SEATS[HOLE][1]).numpy()

    @property
    def leg_yaw(self) -> np.ndarray:
        w, y = self.qpos[:, self.leg + 3], self.qpos[:, self.leg + 5]
        return np.angle(np.exp(2j * torch.atan2(y, w).numpy()))


def _about_y(yaw: torch.Tensor, tilt: float = 0.0) -> torch.Tensor:
    zero = torch.zeros_like(yaw)
    quaternion = torch.stack((torch.cos(yaw / 2), zero, torch.sin(yaw / 2), zero), -1)
    if tilt:
        quaternion = torch.tensor(
            [[math.cos(tilt / 2), math.sin(tilt / 2), 0, 0]], dtype=torch.float64
        ).repeat(len(yaw), 1)
    return quaternion


def _model() -> mujoco.MjModel:
    spec = mujoco.MjSpec()
    spec.option.timestep = TIMESTEP
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_DISCRETE
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 10.0
    spec.option.gravity[:] = (0.0, -GRAVITY, 0.0)
    top = add_table_top(spec, "top", THREAD)
    leg = add_leg(spec, "leg", THREAD)
    add_nut(spec, leg, "top", SEATS, THREAD)
    spec.worldbody.add_body(name="hand", mocap=True)
    grip = spec.add_equality(
        name="grip",
        type=mujoco.mjtEq.mjEQ_WELD,
        objtype=mujoco.mjtObj.mjOBJ_BODY,
        name1="hand",
        name2="leg",
        solref=(0.02, 1.0),
    )
    grip.data[:11] = (0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1)
    hold = spec.add_equality(
        type=mujoco.mjtEq.mjEQ_WELD,
        objtype=mujoco.mjtObj.mjOBJ_BODY,
        name1="world",
        name2=top.name,
        solref=(0.01, 1.0),
        solimp=(0.999, 0.9999, 0.0005, 0.5, 2.0),
    )
    hold.data[:11] = (0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1)
    return spec.compile()


YAWS = [math.radians(angle) for angle in range(-180, 180, 30)]


def test_pushing_without_turning_does_not_seat_the_leg() -> None:
    held = HeldLeg(YAWS, height=0.030)
    held.run(1.0, rise=-0.010)
    held.run(2.0, press=0.003)
    lowest_first_flank = THREAD.start_height - THREAD.backlash - 1e-3
    assert (held.height > lowest_first_flank).all()
    assert (held.height < THREAD.start_height + 1e-3).all()


def test_turning_seats_the_leg_at_the_assembled_yaw_from_every_yaw() -> None:
    held = HeldLeg(YAWS, height=0.016)
    held.run(0.5, press=0.003)
    held.run(5.5, press=0.003, turn=-3.0)
    assert np.abs(held.height).max() < 0.5e-3
    assert np.abs(held.leg_yaw).max() < math.radians(5)


def test_a_turn_advances_by_the_pitch() -> None:
    held = HeldLeg([0.0, 2.0], height=0.016)
    held.run(1.2, press=0.003, turn=-3.0)
    assert held.coupling.engaged.all()
    before = held.height
    held.run(0.7, press=0.003, turn=-3.0)
    expected = 0.7 * 3.0 * THREAD.advance_per_radian
    np.testing.assert_allclose(before - held.height, expected, rtol=0.03)


def test_turning_the_wrong_way_lets_the_leg_go() -> None:
    held = HeldLeg(YAWS, height=0.016)
    held.run(3.0, press=0.003, turn=-3.0)
    assert held.coupling.engaged.all()
    held.run(4.5, press=-0.002, turn=3.0)
    held.run(1.0, rise=0.02)
    assert not held.coupling.engaged.any()
    assert (held.height > THREAD.mouth_height).all()


def test_an_engaged_leg_cannot_be_pulled_out() -> None:
    held = HeldLeg(YAWS, height=0.016)
    held.run(3.0, press=0.003, turn=-3.0)
    before = held.height
    held.run(1.0, press=-0.003)
    assert held.coupling.engaged.all()
    assert (held.height - before).max() < THREAD.backlash + 0.3e-3


@pytest.mark.parametrize(("offset", "tilt"), [(0.004, 0.0), (0.0, math.radians(15))])
def test_an_offset_or_tilted_leg_does_not_engage(offset: float, tilt: float) -> None:
    held = HeldLeg([0.0, 1.0], height=0.027)
    held.place(torch.zeros(2, dtype=torch.float64), 0.027, offset, tilt)
    for _ in range(100):
        held.hand_position[:, 0, 1] = held.qpos[:, held.leg + 1] - 0.003
        held.simulation.step(held.worlds, CHUNK)
        held.coupling.update(held.worlds)
    assert not held.coupling.engaged.any()
    assert (held.height > THREAD.start_height + 2e-3).all()


def test_a_seated_leg_carries_the_table_without_drifting() -> None:
    held = HeldLeg(YAWS, height=0.016)
    held.run(5.5, press=0.003, turn=-3.0)
    held.hang_the_top_on_the_leg()
    held.run(0.5)
    height, yaw = held.height, held.leg_yaw
    assert np.abs(height).max() < 0.5e-3
    held.run(3.0)
    assert np.abs(held.height - height).max() < 0.05e-3
    assert np.abs(held.leg_yaw - yaw).max() < math.radians(0.5)
