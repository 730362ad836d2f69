"""Hips that hold the trunk: against which tilt, and only of a robot that stands."""

import math

import pytest
import torch

from robolearn.policies.worker.trunk import PITCH_GAIN, ROLL_GAIN, hip_angles, hip_joints

JOINTS = ("left_hip_pitch_joint", "left_hip_roll_joint", "right_hip_pitch_joint", "waist_pitch_joint")
STANDS = torch.tensor([True])


def added(ahead: float, aside: float, lean: float = 0.0) -> torch.Tensor:
    down = torch.tensor([[ahead, aside, -1.0]])
    return hip_angles(hip_joints(JOINTS), down, torch.tensor([lean]), STANDS)[0]


def test_hips_extend_where_the_trunk_tips_forward() -> None:
    pitch, roll, other, waist = added(0.1, 0.0).tolist()
    assert pitch == other == pytest.approx(0.1 * PITCH_GAIN) and roll == waist == 0.0
    assert float(added(0.0, 0.1)[1]) == pytest.approx(0.1 * ROLL_GAIN)


def test_the_lean_of_a_squat_is_no_tilt() -> None:
    assert float(added(math.sin(0.4), 0.0, lean=0.4).abs().max()) < 1e-6


def test_who_steps_is_not_held() -> None:
    down = torch.tensor([[0.3, 0.2, -0.9]])
    assert not hip_angles(hip_joints(JOINTS), down, torch.zeros(1), ~STANDS).any()
