"""The order in which the worker sees what it is told and what is measured."""

import torch
from torch import Tensor

from robolearn.policies.worker.command import Gait


def observation(command: Tensor, gait: Gait, measurement: Tensor) -> Tensor:
    """The worker's observation (N, 71) of commands (N, 4) and measurements (N, 64).

    measurement: angular velocity of the pelvis 3, gravity in it 3, joint positions 29, joint velocities 29
    """
    return torch.cat((gait.velocity, command[:, 3:], gait.height[:, None], gait.clock, measurement), 1)
