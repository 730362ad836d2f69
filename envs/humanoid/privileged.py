"""What a critic knows in simulation that no sensor of the robot measures."""

from typing import Final

import torch
from torch import Tensor

from envs.humanoid.randomisation import SUMMARY
from envs.humanoid.state import HumanoidState
from robolearn.policies.worker.scaling import CENTRE_OF_MASS_SCALE, VELOCITY_SCALE

PRIVILEGED: Final = (
    *(f"velocity_in_heading.{axis}" for axis in "xyz"),
    "pelvis_height",
    "left_foot_height",
    "right_foot_height",
    "left_foot_contact",
    "right_foot_contact",
    "com_over_feet.x",
    "com_over_feet.y",
    *SUMMARY,
    "yaw_rate_bias",
)
"""Names, from which follows what the mirror does."""

_UNSEEN: Final = ("friction", "delay", "yaw_rate_bias")

ESTIMATED: Final = tuple(name for name in PRIVILEGED if name not in _UNSEEN)
"""What an actor estimates: all that moves the robot soon enough to show."""


def privileged(
    state: HumanoidState, yaw_rate_bias: Tensor, summary: Tensor, worlds: Tensor | slice = slice(None)
) -> Tensor:
    """(K, 17) of K worlds, scaled to about one.

    yaw_rate_bias: (N,) of all worlds, see `Moment`; summary: (N, 6) of their parameters
    """
    return torch.cat(
        (
            VELOCITY_SCALE * state.velocity_in_heading[worlds],
            4.0 * (state.pelvis_height[worlds] - 0.6)[:, None],
            10.0 * state.foot_height[worlds],
            state.foot_contact[worlds].float(),
            CENTRE_OF_MASS_SCALE * state.com_over_feet[worlds],
            summary[worlds],
            2.0 * yaw_rate_bias[worlds, None],
        ),
        1,
    )
