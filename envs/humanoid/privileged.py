"""What a critic knows in simulation that no sensor of the robot measures."""

from typing import Final

import torch
from torch import Tensor

from envs.humanoid.randomisation import SUMMARY
from envs.humanoid.state import HumanoidState

PRIVILEGED: Final = (
    *(f"velocity_in_heading.{axis}" for axis in "xyz"),
    "pelvis_height",
    "left_foot_height",
    "right_foot_height",
    "left_foot_contact",
    "right_foot_contact",
    *SUMMARY,
)
"""Names, from which follows what the mirror does."""


def privileged(state: HumanoidState, summary: Tensor) -> Tensor:
    """(N, 14), scaled to about one. summary: (N, 6) of the world's parameters."""
    return torch.cat(
        (
            2.0 * state.velocity_in_heading,
            4.0 * (state.pelvis_height - 0.6)[:, None],
            10.0 * state.foot_height,
            state.foot_contact.float(),
            summary,
        ),
        1,
    )
