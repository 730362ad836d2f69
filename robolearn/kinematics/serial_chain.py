"""A chain of hinges: poses, Jacobian and gravity's torques, batched over any leading dimensions.

Sums run in a fixed order, so that a world's numbers do not depend on its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import torch
from torch import Tensor

from robolearn.rotations import matrix_from_quaternion, product, quaternion_from_axis_angle, turned

GRAVITY: Final = 9.81
"""[m/s^2], as in MuJoCo."""


@dataclass(frozen=True)
class SerialChain:
    """J links after a base, each of which turns about one hinge at its origin; C chains at once, or one.

    joints: names of the hinges, from the base on
    places, turns: (..., J, 3) [m] and (..., J, 3, 3), of each link in the one before at angle 0
    axes: (..., J, 3) of the hinges, in their links
    lower, upper: (..., J) limits [rad]
    mass, com: (..., J) [kg] and (..., J, 3) in its link [m], of what each link carries
    tip, tip_turn: (..., 3) [m] and (..., 3, 3), the pose in the last link of what `pose` tells
    """

    joints: tuple[str, ...]
    places: Tensor
    turns: Tensor
    axes: Tensor
    lower: Tensor
    upper: Tensor
    mass: Tensor
    com: Tensor
    tip: Tensor
    tip_turn: Tensor

    @classmethod
    def stacked(cls, chains: Sequence[Self]) -> Self:
        """Chains of as many joints side by side, in a first dimension (C, ...)."""
        names = ("places", "turns", "axes", "lower", "upper", "mass", "com", "tip", "tip_turn")
        tensors = {name: torch.stack([getattr(chain, name) for chain in chains]) for name in names}
        return cls(joints=tuple(name for chain in chains for name in chain.joints), **tensors)

    def links(self, angles: Tensor) -> tuple[Tensor, Tensor]:
        """Positions (..., J, 3) [m] and rotations (..., J, 3, 3) of all links in the base.

        angles: (..., J) [rad]
        """
        hinges = matrix_from_quaternion(quaternion_from_axis_angle(angles[..., None] * self.axes))
        position, rotation = self.places[..., 0, :].expand(*angles.shape[:-1], 3), None
        positions, rotations = [], []
        for index in range(angles.shape[-1]):
            turn = product(self.turns[..., index, :, :], hinges[..., index, :, :])
            if rotation is not None:
                position = position + turned(rotation, self.places[..., index, :].expand_as(position))
                turn = product(rotation, turn)
            rotation = turn
            positions.append(position)
            rotations.append(rotation)
        return torch.stack(positions, -2), torch.stack(rotations, -3)

    def pose(self, angles: Tensor) -> tuple[Tensor, Tensor]:
        """Positions (..., 3) [m] and rotations (..., 3, 3) of the tip in the base. angles: (..., J) [rad]."""
        return self.tip_pose(*self.links(angles))

    def tip_pose(self, positions: Tensor, rotations: Tensor) -> tuple[Tensor, Tensor]:
        """As `pose`, from what `links` gave."""
        last = rotations[..., -1, :, :]
        position = positions[..., -1, :]
        return position + turned(last, self.tip.expand_as(position)), product(last, self.tip_turn)

    def jacobian(self, angles: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Pose as `pose` and the Jacobian (..., 6, J) of the tip, in the base: velocity, angular velocity."""
        positions, rotations = self.links(angles)
        position, rotation = self.tip_pose(positions, rotations)
        linear, axes = self.columns(positions, rotations, position)
        return position, rotation, torch.cat((linear, axes), -1).transpose(-1, -2)

    def columns(self, positions: Tensor, rotations: Tensor, point: Tensor) -> tuple[Tensor, Tensor]:
        """What each hinge's turning does to a point (..., 3) of the last link, in the base.

        positions, rotations: from `links`; returns velocities and angular velocities, (..., J, 3) each
        """
        axes = turned(rotations, self.axes.expand_as(positions))
        return torch.cross(axes, point[..., None, :] - positions, dim=-1), axes

    def gravity_torque(self, angles: Tensor, down: Tensor) -> Tensor:
        """Torques (..., J) [N m] with which the hinges hold the links against gravity.

        angles: (..., J) [rad]; down: (..., 3) unit vector in the base that points down
        """
        positions, rotations = self.links(angles)
        centres = positions + turned(rotations, self.com.expand_as(positions))
        weight = GRAVITY * self.mass[..., None]
        beyond = (weight * centres).flip(-2).cumsum(-2).flip(-2)
        lever = beyond - weight.flip(-2).cumsum(-2).flip(-2) * positions
        axes = turned(rotations, self.axes.expand_as(positions))
        moment = torch.cross(lever, down[..., None, :].expand_as(lever), dim=-1)
        return -(axes * moment).sum(-1)
