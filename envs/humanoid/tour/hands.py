"""Which postures of the arms keep the hands in front of the robot and below its head."""

from typing import Final

import mujoco
import torch
from torch import Tensor

from envs.robots.g1.constants import LEFT_ARM, MIRRORED_AXES, RIGHT_ARM, SIDES, TORSO, WRISTS, default_angle
from envs.robots.serial_chain import serial_chain
from robolearn.rotations import turned

HAND_IN_WRIST: Final = (0.0415, 0.003, 0.0)
"""Of the left rubber hand in `left_wrist_yaw_link` [m]; the right one is its mirror image. URDF."""

HAND_LOW: Final = (0.0, -0.0479, -0.0431)
HAND_HIGH: Final = (0.1319, 0.0187, 0.0635)
"""Box of the left rubber hand's mesh in its own frame [m]. URDF's meshes."""

HEAD_UNDERSIDE: Final = 0.2808
"""Lowest point of the head's mesh above `torso_link`'s origin [m]. URDF's mesh, and its joint's -0.044."""

ARM_MIRROR: Final = torch.tensor(
    [-1.0 if any(axis in name for axis in MIRRORED_AXES) else 1.0 for name in LEFT_ARM]
)
"""(7,) the right arm's angles over the left one's in the mirror."""


class HandBounds:
    """Boxes around the hands in the torso's frame."""

    def __init__(self, model: mujoco.MjModel) -> None:
        self._chains = [serial_chain(model, TORSO, wrist) for wrist in WRISTS]
        assert [chain.joints for chain in self._chains] == [LEFT_ARM, RIGHT_ARM]
        self._corners = [_corners(side) for side in SIDES]
        stance = torch.tensor([[default_angle(name) for name in LEFT_ARM]])
        low, _ = self.boxes(stance)
        self.front = low[..., 0].min()

    def boxes(self, left: Tensor) -> tuple[Tensor, Tensor]:
        """Lowest and highest corners of both hands' boxes, (K, 2, 3) [m] each.

        left: (K, 7) angles of the left arm [rad]; the right one is its mirror image
        """
        arms, found = (left, ARM_MIRROR * left), []
        for chain, corners, angles in zip(self._chains, self._corners, arms, strict=True):
            position, rotation = chain.pose(angles)
            found.append(position[:, None] + turned(rotation[:, None], corners.expand(len(left), 8, 3)))
        points = torch.stack(found, 1)
        return points.amin(2), points.amax(2)

    def allow(self, left: Tensor) -> Tensor:
        """(K,) bool: neither hand is behind where it is in the stance or above the head."""
        low, high = self.boxes(left)
        return ((low[..., 0] >= self.front) & (high[..., 2] <= HEAD_UNDERSIDE)).all(1)


def _corners(side: str) -> Tensor:
    """(8, 3) of the hand's box in the frame of its wrist's last link [m]."""
    ends = torch.tensor((HAND_LOW, HAND_HIGH)) + torch.tensor(HAND_IN_WRIST)
    corners = torch.cartesian_prod(*ends.unbind(1))
    return corners if side == "left" else corners * torch.tensor((1.0, -1.0, 1.0))
