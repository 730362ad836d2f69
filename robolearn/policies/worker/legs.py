"""Joints of the legs by what they do: turns of whole legs, whatever the crouch."""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn

SIDES: Final = ("left", "right")

AXES_PITCH: Final = -0.1749
"""Of the hips' roll and yaw axes where the hips' pitch is zero [rad] (Unitree's g1_29dof URDF)."""


class LegJoints(nn.Module):
    """Which of A joints are which of the legs'."""

    hip_pitch: Tensor
    hip_roll: Tensor
    hip_yaw: Tensor
    ankle_pitch: Tensor
    ankle_roll: Tensor

    def __init__(self, joints: Sequence[str]) -> None:
        """joints: A names."""
        super().__init__()
        for kind in ("hip_pitch", "hip_roll", "hip_yaw", "ankle_pitch", "ankle_roll"):
            rows = [[float(name == f"{side}_{kind}_joint") for name in joints] for side in SIDES]
            self.register_buffer(kind, torch.tensor(rows), persistent=False)

    def turned(self, about_forward: Tensor, about_vertical: Tensor, thigh_pitch: Tensor) -> Tensor:
        """Angles (N, A) [rad] of hips that turn each leg by so much, (N, 2) [rad].

        The axes are those of the heading, for small turns. Roll and yaw axes are inclined with the thigh:
        with level thighs it is the yaw that leans a leg sideways, and the roll that turns its foot.

        thigh_pitch: (N,) of the pelvis and the hips together, negative with the thighs ahead [rad]
        """
        pitch = (thigh_pitch + AXES_PITCH)[:, None]
        cosine, sine = pitch.cos(), pitch.sin()
        roll = cosine * about_forward - sine * about_vertical
        yaw = sine * about_forward + cosine * about_vertical
        return roll @ self.hip_roll + yaw @ self.hip_yaw
