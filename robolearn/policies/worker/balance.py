"""How steady a robot stands that follows its commands: what makes the gait clock run unasked."""

from collections.abc import Callable

import torch
from torch import Tensor

from robolearn.interpolation import interpolate
from robolearn.policies.worker.command import Gait, height_change, imbalance
from robolearn.policies.worker.worker_policy import WorkerPolicy

Lean = Callable[[Tensor], Tensor]
"""Forward pitch of the pelvis (N,) [rad] in the standing postures of heights (N,) [m]."""


def followed_imbalance(
    gravity_in_pelvis: Tensor,
    angular_velocity: Tensor,
    gait: Gait,
    command: Tensor,
    lean: Lean,
    control_rate: float,
) -> Tensor:
    """(N,) of robots that are told `gait` on the way to commands (N, 4); see `command.imbalance`.

    gravity_in_pelvis: (N, 3) unit vector down; angular_velocity: (N, 3) in the pelvis [rad/s]
    control_rate: [Hz]
    """
    before = gait.height - height_change(gait, command, 1.0 / control_rate)
    leaning = lean(gait.height)
    rate = (leaning - lean(before)) * control_rate
    return imbalance(gravity_in_pelvis, angular_velocity, leaning, rate)


def lean_of(policy: WorkerPolicy) -> Lean:
    """The lean that the policy's own postures have."""
    heights, leans = torch.tensor(policy.config.heights), policy.leans[:, None]

    def lean(height: Tensor) -> Tensor:
        return interpolate(heights, leans, height).squeeze(-1)

    return lean
