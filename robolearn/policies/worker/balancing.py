"""Legs that bring the centre of mass of a standing robot back over its feet.

Without it no learning found how to stand: arms that move shift the centre of mass by more than what ankles
that hold an angle bear, and sideways the legs are a parallelogram that nothing but the hips keeps upright.
What is fed back is the capture point (Pratt et al., Humanoids 2006), of the estimated centre of mass.
"""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn

from robolearn.policies.worker.scaling import (
    CENTRE_OF_MASS_SCALE,
    VELOCITY_SCALE,
    observation_mean,
    observation_scale,
)

GRAVITY: Final = 9.81

PITCH_GAIN: Final = 7.0
ROLL_GAIN: Final = 2.0
"""From the lean of the line to the capture point [rad] to the ankles' pitch, and to the roll of hips and, the
other way, of ankles. Chosen in simulation, with the true centre of mass and no learning: with these 93 % of
the randomised robots stood without a step for 8 s while their arms moved, with a third of them 23 %."""


class BalanceFeedback(nn.Module):
    """Actions that a standing robot's network begins from."""

    gains: Tensor

    def __init__(
        self,
        observed: Sequence[str],
        estimated: Sequence[str],
        joints: Sequence[str],
        action_scale: Sequence[float],
    ) -> None:
        """observed, estimated, joints: names of a frame's first entries, of estimates and of actions.

        action_scale: joint angles that actions of 1 stand for [rad]
        """
        super().__init__()
        self._clock = [observed.index("gait.sine"), observed.index("gait.cosine")]
        self._height = observed.index("gait.height")
        self._height_mean = float(observation_mean(observed)[self._height])
        self._height_scale = float(observation_scale(observed)[self._height])
        self._centre = [estimated.index(f"com_over_feet.{axis}") for axis in "xy"]
        self._velocity = [estimated.index(f"velocity_in_heading.{axis}") for axis in "xy"]
        scale = torch.tensor(action_scale)
        self.register_buffer("gains", _gains(joints) / scale, persistent=False)

    def forward(self, frames: Tensor, estimate: Tensor) -> Tensor:
        """Actions (N, A) of frames (N, F or more) and estimates (N, E); zero while the gait clock runs."""
        height = frames[:, self._height] / self._height_scale + self._height_mean
        centre = estimate[:, self._centre] / CENTRE_OF_MASS_SCALE
        velocity = estimate[:, self._velocity] / VELOCITY_SCALE
        capture_point = centre + velocity * (height / GRAVITY).sqrt()[:, None]
        stands = frames[:, self._clock].square().sum(1) == 0.0
        lean = capture_point / height[:, None] * stands[:, None]
        return lean @ self.gains


def _gains(joints: Sequence[str]) -> Tensor:
    """(2, A) angles of the joints per lean ahead and to the left."""
    gains = {"ankle_pitch": (PITCH_GAIN, 0.0), "hip_roll": (0.0, ROLL_GAIN), "ankle_roll": (0.0, -ROLL_GAIN)}
    kinds = [name.removesuffix("_joint").partition("_")[2] for name in joints]
    return torch.tensor([gains.get(kind, (0.0, 0.0)) for kind in kinds]).T
