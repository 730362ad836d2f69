"""Standing postures of the G1 from upright to near the floor: soles flat, centre of mass over the feet.

Upright down to 0.64 m, where the ankles come near their limit; below that the trunk leans forward. Solved for a
centre of mass 35 mm in front of the ankles, the middle of the soles, with waist and arms in their default posture.
"""

from typing import Final

import torch
from torch import Tensor

from envs.robots.g1.constants import JOINTS, default_angle
from robolearn.interpolation import interpolate

_POSTURES: Final = (
    (0.28, 0.630, -2.415, 2.552),
    (0.32, 0.640, -2.294, 2.435),
    (0.36, 0.650, -2.187, 2.312),
    (0.40, 0.660, -2.088, 2.184),
    (0.44, 0.550, -1.859, 2.091),
    (0.48, 0.440, -1.631, 1.988),
    (0.52, 0.330, -1.401, 1.871),
    (0.56, 0.220, -1.171, 1.739),
    (0.60, 0.110, -0.936, 1.587),
    (0.64, 0.000, -0.695, 1.412),
    (0.68, 0.000, -0.587, 1.205),
    (0.72, 0.000, -0.459, 0.961),
    (0.75, 0.000, -0.338, 0.731),
    (0.77, 0.000, -0.231, 0.526),
)
"""Pelvis height [m], pitch of the pelvis, hip pitch and knee [rad]; the ankles keep the soles flat."""

HEIGHTS: Final = torch.tensor([row[0] for row in _POSTURES])
"""(K,) pelvis heights above the soles [m]."""

PELVIS_PITCH: Final = torch.tensor([row[1] for row in _POSTURES])
"""(K,) forward lean [rad]."""


def _posture(pitch: float, hip: float, knee: float) -> list[float]:
    legs = {"hip_pitch": hip, "knee": knee, "ankle_pitch": -(pitch + hip + knee)}
    angles = []
    for joint in JOINTS:
        kind = joint.removesuffix("_joint").removeprefix("left_").removeprefix("right_")
        angles.append(legs.get(kind, default_angle(joint)))
    return angles


POSTURES: Final = torch.tensor([_posture(*row[1:]) for row in _POSTURES])
"""(K, 29) joint angles [rad], in the order of `constants.JOINTS`."""


def crouch_posture(height: Tensor) -> Tensor:
    """Joint angles (..., 29) [rad] of the posture at pelvis heights (...) [m], clamped to the table's range."""
    return interpolate(HEIGHTS, POSTURES, height)


def crouch_pitch(height: Tensor) -> Tensor:
    """Forward lean (...) [rad] of the pelvis at pelvis heights (...) [m]."""
    return interpolate(HEIGHTS, PELVIS_PITCH[:, None], height).squeeze(-1)
