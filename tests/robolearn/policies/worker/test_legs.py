"""Legs turned about the heading's axes, checked by their own kinematics."""

import pytest
import torch

from envs.humanoid.scene import g1_scene
from envs.robots.g1.constants import LEG_JOINTS, PELVIS, WAIST_JOINTS
from envs.robots.g1.crouch import crouch_lean, crouch_posture
from envs.robots.serial_chain import serial_chain
from robolearn.policies.worker.legs import SIDES, LegJoints

SMALL = 0.02
MODEL = g1_scene().compile()


def foot_turns(height: float, forward: float, vertical: float) -> torch.Tensor:
    """Rotation vectors of both feet along the heading's axes, (2, 3) [rad], when their legs are turned."""
    posture, lean = crouch_posture(torch.tensor(height))[: len(LEG_JOINTS)], crouch_lean(torch.tensor(height))
    pitch = lean + posture[LEG_JOINTS.index("left_hip_pitch_joint")]
    added = LegJoints(LEG_JOINTS).turned(
        torch.full((1, 2), forward), torch.full((1, 2), vertical), pitch[None]
    )[0]
    cosine, sine = float(lean.cos()), float(lean.sin())
    pelvis = torch.tensor([[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]])
    found = []
    for side, own in zip(SIDES, (slice(0, 6), slice(6, 12)), strict=True):
        chain = serial_chain(MODEL, PELVIS, f"{side}_ankle_roll_link")
        _, before = chain.pose(posture[own])
        _, after = chain.pose((posture + added)[own])
        turn = pelvis @ after @ before.T @ pelvis.T
        found.append(
            torch.stack((turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1])) / 2
        )
    return torch.stack(found)


@pytest.mark.parametrize("height", [0.74, 0.60, 0.40, 0.30])
def test_legs_turn_about_the_axis_that_is_asked_for_in_every_crouch(height: float) -> None:
    ahead, upright = torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 0.0, 1.0])
    error = 0.05 * SMALL
    assert (foot_turns(height, SMALL, 0.0) - SMALL * ahead).abs().max() < error
    assert (foot_turns(height, 0.0, SMALL) - SMALL * upright).abs().max() < error


def test_the_trunk_takes_no_part() -> None:
    one = torch.ones(1, 2)
    assert not LegJoints(WAIST_JOINTS).turned(one, one, torch.zeros(1)).any()
