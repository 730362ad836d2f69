"""Ankles that steady a robot: against which tilt, and that they hold a pendulum of a G1's weight."""

import math

import pytest
import torch

from envs.humanoid.worker import WorkerEnvironment
from envs.humanoid.worker_training import make_worker
from robolearn.policies.worker.ankles import PITCH_GAIN, ankle_angles, ankle_joints
from robolearn.policies.worker.settings import WorkerNetworks

JOINTS = ("left_ankle_pitch_joint", "left_ankle_roll_joint", "right_ankle_pitch_joint", "waist_pitch_joint")
STANDS = torch.tensor([True])


def added(gravity: tuple[float, float], rate: tuple[float, float], lean: float = 0.0) -> torch.Tensor:
    down = torch.tensor([[*gravity, -1.0]])
    turning = torch.tensor([[*rate, 0.0]])
    return ankle_angles(ankle_joints(JOINTS), down, turning, torch.tensor([lean]), STANDS)[0]


def test_toes_press_where_the_robot_tips_forward() -> None:
    pitch, roll, other, trunk = added((0.1, 0.0), (0.0, 0.0)).tolist()
    assert pitch == other == pytest.approx(0.1 * PITCH_GAIN) and roll == trunk == 0.0
    assert float(added((0.0, 0.0), (0.0, 0.5))[0]) > 0.0


def test_the_lean_of_a_squat_is_no_tilt() -> None:
    assert float(added((math.sin(0.4), 0.0), (0.0, 0.0), lean=0.4).abs().max()) < 1e-6


def test_who_steps_is_not_held() -> None:
    down, rate = torch.tensor([[0.3, 0.2, -0.9]]), torch.ones(1, 3)
    held = ankle_angles(ankle_joints(JOINTS), down, rate, torch.zeros(1), ~STANDS)
    assert not held.any()


def test_an_untrained_worker_stands_on_its_ankles() -> None:
    environment = WorkerEnvironment(4, randomness="none", num_threads=1)
    environment.difficulty.arms[:] = 0.0
    environment.set_command(torch.tensor([[0.0, 0.0, 0.0, 0.74]]).repeat(4, 1))
    policy = make_worker(environment.spec, WorkerNetworks([8], [8], [8], [0]))
    still = torch.zeros(4, environment.spec.action.size)
    observation = environment.reset(torch.arange(4))
    steps = 0
    for _ in range(150):
        observation = environment.step(policy.targets(observation, still)).observation
        steps += int(environment.shaper.gait.moving.sum())
    assert not environment.done.any()
    assert steps == 0
