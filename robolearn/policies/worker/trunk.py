"""Hips that hold the trunk of a standing robot at its lean."""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

PITCH_GAIN: Final = 1.0
ROLL_GAIN: Final = 0.5
"""From the pelvis's tilt to the hips' targets; chosen in simulation: with twice as much, robots shake."""


def hip_joints(joints: Sequence[str]) -> Tensor:
    """(2, A): 1 at the joints that pitch and at those that roll the hips, 0 elsewhere. joints: A names."""
    kinds = ("hip_pitch_joint", "hip_roll_joint")
    return torch.tensor([[float(name.endswith(kind)) for name in joints] for kind in kinds])


def hip_angles(joints: Tensor, gravity: Tensor, lean: Tensor, stands: Tensor) -> Tensor:
    """Angles (N, A) [rad] to add to a standing posture.

    joints: (2, A) from `hip_joints`; gravity: (N, 3) unit vector down in the pelvis
    lean: (N,) of the posture [rad]; stands: (N,) bool
    """
    pitch, roll = PITCH_GAIN * (gravity[:, 0] - lean.sin()), ROLL_GAIN * gravity[:, 1]
    both = torch.stack((pitch, roll), 1) * stands[:, None]
    return (both[..., None] * joints).sum(1)
