"""What brings entries of the G1's observations to about one, by their names."""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

_MEANS: Final = {"command.height": 0.6, "gait.height": 0.6}
_MEANS_BY_ENDING: Final = {"_in_heading.z": 0.7, "_in_heading.x": 0.25}
_SCALES: Final = {
    "command.velocity_x": 2.0,
    "command.velocity_y": 2.0,
    "command.height": 4.0,
    "gait.height": 4.0,
    "angular_velocity_in_pelvis.x": 0.5,
    "angular_velocity_in_pelvis.y": 0.5,
    "angular_velocity_in_pelvis.z": 0.5,
}
_SCALES_BY_ENDING: Final = {
    "_joint.velocity": 0.05,
    "_in_heading.x": 5.0,
    "_in_heading.y": 5.0,
    "_in_heading.z": 4.0,
}
"""As TrajBooster has them (B.2), except heights, whose range is narrow, and hands."""

VELOCITY_SCALE: Final = 2.0
CENTRE_OF_MASS_SCALE: Final = 10.0
"""Of estimated velocities [s/m] and of the distance of the centre of mass from the feet [1/m]."""

TORSO_PAYLOAD_SCALE: Final = 0.1
TORSO_COM_SCALE: Final = 10.0
"""Of the mass that a torso bears [1/kg] and of how far its centre of mass is shifted [1/m]."""

_ERROR: Final = "_error_"
"""In the names of differences, whose mean is zero."""


def observation_mean(names: Sequence[str]) -> Tensor:
    """(O,) what is subtracted from entries of these names."""
    return torch.tensor([_mean(name) for name in names])


def observation_scale(names: Sequence[str]) -> Tensor:
    """(O,) factors that come after that."""
    return torch.tensor([_scale(name) for name in names])


def _mean(name: str) -> float:
    if name in _MEANS or _ERROR in name:
        return _MEANS.get(name, 0.0)
    return _by_ending(name, _MEANS_BY_ENDING, 0.0)


def _scale(name: str) -> float:
    return _SCALES[name] if name in _SCALES else _by_ending(name, _SCALES_BY_ENDING, 1.0)


def _by_ending(name: str, values: dict[str, float], default: float) -> float:
    return next((value for ending, value in values.items() if name.endswith(ending)), default)
