"""Where the G1's joints are in a compiled model."""

from dataclasses import dataclass
from typing import Self

import mujoco
import torch
from torch import Tensor

from envs.robots.g1.constants import JOINTS


@dataclass(frozen=True)
class JointPlaces:
    """Of all 29, in the order of `constants.JOINTS`.

    positions, velocities, motors: (29,) int64 places in qpos, in qvel, and among the actuators
    lower, upper: (29,) limits [rad]
    """

    positions: Tensor
    velocities: Tensor
    motors: Tensor
    lower: Tensor
    upper: Tensor

    @classmethod
    def of(cls, model: mujoco.MjModel, device: torch.device | str = "cpu") -> Self:
        """In `model`, as tensors on a device. Raises KeyError where a joint is missing."""
        joints = [model.joint(name) for name in JOINTS]
        limits = torch.tensor([joint.range.tolist() for joint in joints], device=device)
        return cls(
            positions=torch.tensor([int(joint.qposadr[0]) for joint in joints], device=device),
            velocities=torch.tensor([int(joint.dofadr[0]) for joint in joints], device=device),
            motors=torch.tensor([int(model.actuator(name).id) for name in JOINTS], device=device),
            lower=limits[:, 0],
            upper=limits[:, 1],
        )
