"""Where a G1 is on the floor, from its legs: the foot that carries it stays where it is."""

from typing import Final

import mujoco
import torch
from torch import Tensor

from envs.robots.g1.constants import JOINTS, PELVIS, SIDES
from envs.robots.serial_chain import serial_chain
from robolearn.kinematics.serial_chain import SerialChain
from robolearn.rotations import rotate

ANKLE_ABOVE_SOLE: Final = 0.035
"""[m]; measured in the model with soles on the floor."""


class LegOdometry:
    """Of one robot; drifts as far as its feet slip, and turns as its orientation sensor does.

    position: (3,) of the pelvis, from the floor below where it began [m]
    """

    def __init__(self, model: mujoco.MjModel) -> None:
        chains = [serial_chain(model, PELVIS, f"{side}_ankle_roll_link") for side in SIDES]
        self._legs = SerialChain.stacked(chains)
        self._places = torch.tensor([JOINTS.index(name) for name in self._legs.joints])
        self.reset()

    def reset(self) -> None:
        """The next step begins anew at the origin."""
        self.position = torch.zeros(3)
        self._feet: Tensor | None = None

    def step(self, quaternion: Tensor, angles: Tensor) -> Tensor:
        """The position after a step to an orientation (4,) of the pelvis and joint angles (29,) [rad].

        What is not finite is passed over.
        """
        if not bool(torch.isfinite(quaternion).all() & torch.isfinite(angles).all()):
            return self.position
        in_pelvis, _ = self._legs.pose(angles[self._places].unflatten(0, (len(SIDES), -1)))
        feet = rotate(quaternion.expand(len(SIDES), 4), in_pelvis)
        lower = int(feet[:, 2].argmin())
        planar = self.position[:2]
        if self._feet is not None:
            planar = planar - (feet - self._feet)[lower, :2]
        self._feet = feet
        height = ANKLE_ABOVE_SOLE - feet[lower, 2:]
        self.position = torch.cat((planar, height))
        return self.position
