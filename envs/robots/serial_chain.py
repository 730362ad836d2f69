"""Forward kinematics of a chain of hinges, batched: the poses that MuJoCo would compute, without worlds."""

import mujoco
import torch
from torch import Tensor

from robolearn.rotations import matrix_from_quaternion, product, quaternion_from_axis_angle, turned


class SerialChain:
    """The links after `base` up to `tip`, each of which turns about one hinge at its origin.

    joints: names of the hinges, from the base on
    """

    def __init__(self, model: mujoco.MjModel, base: str, tip: str) -> None:
        links = _links(model, base, tip)
        hinges = [int(model.body_jntadr[link]) for link in links]
        assert all(model.body_jntnum[link] == 1 for link in links) and not model.jnt_pos[hinges].any()
        self.joints = tuple(model.joint(hinge).name for hinge in hinges)
        self._places = torch.from_numpy(model.body_pos[links]).float()
        self._turns = matrix_from_quaternion(torch.from_numpy(model.body_quat[links]).float())
        self._axes = torch.from_numpy(model.jnt_axis[hinges]).float()

    def pose(self, angles: Tensor) -> tuple[Tensor, Tensor]:
        """Positions (N, 3) [m] and rotations (N, 3, 3) of the tip in the base. angles: (N, J) [rad]."""
        hinges = matrix_from_quaternion(quaternion_from_axis_angle(angles[..., None] * self._axes))
        position = angles.new_zeros(len(angles), 3)
        rotation = torch.eye(3).expand(len(angles), 3, 3)
        for index, (place, turn) in enumerate(zip(self._places, self._turns, strict=True)):
            position = position + turned(rotation, place.expand_as(position))
            rotation = product(product(rotation, turn.expand_as(rotation)), hinges[:, index])
        return position, rotation


def _links(model: mujoco.MjModel, base: str, tip: str) -> list[int]:
    """Bodies after `base` up to `tip`."""
    links, end = [int(model.body(tip).id)], int(model.body(base).id)
    while (parent := int(model.body_parentid[links[0]])) != end:
        assert parent != 0, f"'{tip}' does not hang on '{base}'"
        links.insert(0, parent)
    return links
