"""Legs that turn, checked by their own kinematics."""

import math

import pytest
import torch

from envs.humanoid.scene import g1_scene
from envs.robots.g1.constants import LEG_JOINTS, PELVIS, WAIST_JOINTS
from envs.robots.g1.crouch import crouch_posture
from envs.robots.serial_chain import serial_chain
from robolearn.policies.worker.command import GAIT_PERIOD
from robolearn.policies.worker.turning import LEAD, turning_angles, turning_joints

RATE = 0.8


def clock(phase: float) -> torch.Tensor:
    """Of a gait whose targets of now are reached at `phase`."""
    angle = torch.tensor(2.0 * math.pi * (phase - LEAD / GAIT_PERIOD))
    return torch.stack((angle.sin(), angle.cos()))[None]


def added(phase: float, rate: float = RATE) -> torch.Tensor:
    return turning_angles(turning_joints(LEG_JOINTS), torch.tensor([rate]), clock(phase))[0]


@pytest.mark.parametrize(("phase", "sign"), [(0.5, 1.0), (0.0, -1.0), (0.25, 0.0), (0.75, 0.0)])
def test_feet_are_turned_by_half_of_what_the_pelvis_turns_in_half_a_period(phase: float, sign: float) -> None:
    model = g1_scene().compile()
    angles = crouch_posture(torch.tensor(0.76))[: len(LEG_JOINTS)] + added(phase)
    for side, which, own in (("left", 1.0, angles[:6]), ("right", -1.0, angles[6:])):
        _, turn = serial_chain(model, PELVIS, f"{side}_ankle_roll_link").pose(own)
        expected = which * sign * RATE * GAIT_PERIOD / 4.0
        # Bent thighs incline the hips' yaw axes.
        assert math.atan2(turn[1, 0], turn[0, 0]) == pytest.approx(expected, rel=0.2, abs=1e-4)


def test_to_the_other_side_is_the_opposite() -> None:
    torch.testing.assert_close(added(0.4, RATE), -added(0.4, -RATE))


def test_who_stands_or_goes_straight_on_turns_nothing() -> None:
    joints = turning_joints(LEG_JOINTS)
    assert not turning_angles(joints, torch.ones(1), torch.zeros(1, 2)).any()
    assert not added(0.3, 0.0).any()


def test_the_trunk_takes_no_part() -> None:
    assert not turning_joints(WAIST_JOINTS).any()
