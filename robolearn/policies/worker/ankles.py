"""Ankles that push a standing robot back: the feedback without which no learning found how to stand still.

A pendulum on its ankles falls unless they stiffen more than gravity pulls. Policies that explore never stand
long enough to learn it: they topple slowly, step, and topple again.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

PITCH_GAIN, PITCH_RATE_GAIN = 2.0, 0.3
ROLL_GAIN, ROLL_RATE_GAIN = 1.0, 0.1
"""From the pelvis's tilt [rad] and its rate [rad/s] to the ankles' targets [rad]; chosen in simulation: with
these the nominal robot stands still at heights from 0.6 m on, with half of them it steps, and with twice
as much it shakes.
"""


def ankle_joints(joints: Sequence[str]) -> Tensor:
    """(2, A): 1 at the joints that pitch and at those that roll the ankles, 0 elsewhere. joints: A names."""
    kinds = ("ankle_pitch_joint", "ankle_roll_joint")
    return torch.tensor([[float(name.endswith(kind)) for name in joints] for kind in kinds])


def ankle_angles(
    joints: Tensor, gravity: Tensor, angular_velocity: Tensor, lean: Tensor, stands: Tensor
) -> Tensor:
    """Angles (N, A) [rad] to add to a standing posture.

    joints: (2, A) from `ankle_joints`; gravity: (N, 3) unit vector down in the pelvis
    angular_velocity: (N, 3) in the pelvis [rad/s]; lean: (N,) of the posture [rad]; stands: (N,) bool
    """
    pitch = PITCH_GAIN * (gravity[:, 0] - lean.sin()) + PITCH_RATE_GAIN * angular_velocity[:, 1]
    roll = -ROLL_GAIN * gravity[:, 1] + ROLL_RATE_GAIN * angular_velocity[:, 0]
    both = torch.stack((pitch, roll), 1) * stands[:, None]
    return (both[..., None] * joints).sum(1)
