"""The robot of the tour, and the stance that the crane holds."""

import math

import mujoco
import numpy as np
import pytest
import torch

from envs.humanoid.tour.environment import TourEnvironment
from envs.humanoid.tour.robot import stance, tour_model, with_gains
from envs.robots.g1.constants import JOINTS, Gains
from envs.robots.g1.model import build_g1

STANCE = {
    "hip_pitch": -0.312,
    "knee": 0.669,
    "ankle_pitch": -0.363,
    "shoulder_pitch": 0.2,
    "left_shoulder_roll": 0.2,
    "right_shoulder_roll": -0.2,
    "elbow": 0.6,
}
ARMATURES = {"hip_yaw": 0.01018, "knee": 0.02510, "shoulder_roll": 0.00361, "wrist_yaw": 0.00425}


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return tour_model()


def test_physics_steps_take_2_ms_and_the_robot_is_the_nominal_one(model: mujoco.MjModel) -> None:
    assert model.opt.timestep == 0.002
    nominal = build_g1().compile()
    np.testing.assert_array_equal(model.body_mass, nominal.body_mass)
    np.testing.assert_array_equal(model.dof_armature, nominal.dof_armature)


def test_joints_that_nobody_owns_are_held_at_10_hertz_and_twice_critical(model: mujoco.MjModel) -> None:
    for kind, armature in ARMATURES.items():
        actuator = model.actuator(f"left_{kind}_joint")
        assert actuator.gainprm[0] == pytest.approx(armature * (2 * math.pi * 10) ** 2)
        assert actuator.biasprm[1] == -actuator.gainprm[0]
        assert -actuator.biasprm[2] == pytest.approx(4 * armature * 2 * math.pi * 10)
    for kind in ("left_ankle_pitch", "right_ankle_roll", "waist_roll", "waist_pitch"):
        assert model.actuator(f"{kind}_joint").gainprm[0] == pytest.approx(2 * 0.00361 * (20 * math.pi) ** 2)


def test_other_gains_leave_the_model_as_it_was(model: mujoco.MjModel) -> None:
    before = model.actuator("left_knee_joint").gainprm[0]
    changed = with_gains(model, {"left_knee_joint": Gains(150.0, 4.0)})
    knee = changed.actuator("left_knee_joint")
    assert (knee.gainprm[0], knee.biasprm[1], knee.biasprm[2]) == (150.0, -150.0, -4.0)
    assert model.actuator("left_knee_joint").gainprm[0] == before


def test_the_stance_is_the_published_one() -> None:
    for joint, angle in zip(JOINTS, stance().tolist(), strict=True):
        name = joint.removesuffix("_joint")
        kind = name.removeprefix("left_").removeprefix("right_")
        assert angle == pytest.approx(STANCE.get(name, STANCE.get(kind, 0.0)))


def test_an_episode_begins_as_the_crane_lets_go_after_3_seconds(model: mujoco.MjModel) -> None:
    data = mujoco.MjData(model)
    data.qpos[7:] = data.ctrl[:] = stance().numpy()
    held = (0.0, 0.0, 0.793, 1.0, 0.0, 0.0, 0.0)
    for _ in range(round(3.0 / 0.002)):
        data.qpos[:7], data.qvel[:6] = held, 0.0
        mujoco.mj_step(model, data)
        assert data.ncon == 0
    environment = TourEnvironment(1, num_threads=1)
    environment.reset(torch.tensor([5]))
    state, speed = environment.simulation.view("qpos")[0], environment.simulation.view("qvel")[0]
    np.testing.assert_array_equal(state[:7], held)
    np.testing.assert_allclose(state[7:], data.qpos[7:], atol=1e-9)
    np.testing.assert_allclose(speed[6:], data.qvel[6:], atol=1e-9)
    assert not speed.any()
