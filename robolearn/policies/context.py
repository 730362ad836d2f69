"""What networks see of an observation: its entries, and how chosen bodies lie to each other.

A pose relative to another is a product of rotations, which a small network learns to the centimetre only;
an assembly needs it to the millimetre.
"""

import math
from typing import Final

import torch
from torch import Tensor, nn

from robolearn.errors import UserError, unknown_name
from robolearn.policies.body_poses import BodyPose
from robolearn.policies.settings import ContextSettings
from robolearn.rotations import product, sixd_from_matrix, turned
from robolearn.specification import TaskSpec

COARSE: Final = 0.1
"""Length that a relative position is given in [m]; chosen, about the size of a part."""

WAVELENGTHS: Final = (0.05, 0.2)
"""Of the sines and cosines that resolve it further [m]; chosen: 1 mm turns the shorter by 0.13 rad."""

_PAIR_SIZE = 3 + 2 * 3 * len(WAVELENGTHS) + 6


class Context(nn.Module):
    """Normalised entries, those of ignored bodies zero, followed by encoded relative poses."""

    visible: Tensor

    def __init__(self, settings: ContextSettings, spec: TaskSpec) -> None:
        """Raises UserError for bodies that the observation does not hold."""
        super().__init__()
        self._pairs = [_pair(spec, pair) for pair in settings.relative_poses]
        self.size = spec.observation.size + _PAIR_SIZE * len(self._pairs)
        visible = torch.ones(spec.observation.size)
        for body in settings.ignored:
            visible[_entries_of(spec, body)] = 0.0
        self.register_buffer("visible", visible, persistent=False)

    def forward(self, observation: Tensor, normalised: Tensor) -> Tensor:
        """Contexts (N, size) of raw observations (N, O), given normalised as well."""
        relative = [_encoded(reference, body, observation) for reference, body in self._pairs]
        return torch.cat([normalised * self.visible, *relative], dim=-1)


def _pair(spec: TaskSpec, pair: str) -> tuple[BodyPose, BodyPose]:
    reference, separator, body = pair.partition(":")
    if not separator:
        raise UserError(f"relative_poses: '{pair}' is not valid: it takes reference:body")
    return BodyPose(spec, reference), BodyPose(spec, body)


def _entries_of(spec: TaskSpec, body: str) -> list[int]:
    """Places of everything that is observed of `body`."""
    names = spec.observation.names
    entries = [index for index, name in enumerate(names) if name.startswith(f"{body}_")]
    if not entries:
        raise unknown_name("body to ignore", body, sorted({name.rsplit("_", 3)[0] for name in names}))
    return entries


def _encoded(reference: BodyPose, body: BodyPose, observation: Tensor) -> Tensor:
    """The body's pose in the reference's frame, (N, _PAIR_SIZE)."""
    (origin, turn), (position, matrix) = reference(observation), body(observation)
    back = turn.transpose(-1, -2)
    offset = turned(back, position - origin)
    angles = torch.cat([offset * (2.0 * math.pi / length) for length in WAVELENGTHS], dim=-1)
    rotation = sixd_from_matrix(product(back, matrix))
    return torch.cat([offset / COARSE, angles.sin(), angles.cos(), rotation], dim=-1)
