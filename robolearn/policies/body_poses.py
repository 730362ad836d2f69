"""Poses of bodies out of observation vectors, found by the names of the vector's entries.

A body's entries are `<body>_position_in_<frame>.x|y|z` and either `<body>_quaternion_in_<frame>.x|y|z|w` or
`<body>_rotation_in_<frame>.xx|xy|xz|yx|yy|yz`, the first two rows of its rotation matrix.
"""

import re
from typing import Final

import torch
from torch import Tensor

from robolearn.errors import UserError, unknown_name
from robolearn.rotations import (
    matrix_from_quaternion,
    matrix_from_sixd,
    product,
    turned,
)
from robolearn.specification import TaskSpec

_POSITION: Final = ("x", "y", "z")
_QUATERNION: Final = ("w", "x", "y", "z")
_SIXD: Final = ("xx", "xy", "xz", "yx", "yy", "yz")


class BodyPose:
    """Reads one body's pose."""

    def __init__(self, spec: TaskSpec, body: str) -> None:
        """Raises UserError for a body that the observation holds no pose of."""
        names = spec.observation.names
        known = [match[1] for name in names if (match := re.fullmatch(r"(\w+)_position_in_\w+\.x", name))]
        if body not in known:
            raise unknown_name("body", body, known)
        self._frame = next(match[1] for name in names if (match := _position_of(body, name)))
        if self._frame not in spec.frames:
            raise unknown_name("frame", self._frame, list(spec.frames))
        self._names = names
        self._position = self._entries(body, "position", _POSITION)
        self._is_quaternion = f"{body}_quaternion_in_{self._frame}.w" in names
        kind, suffixes = ("quaternion", _QUATERNION) if self._is_quaternion else ("rotation", _SIXD)
        self._rotation = self._entries(body, kind, suffixes)
        pose = torch.tensor(spec.frames[self._frame])
        self._origin, self._turn = pose[:3], matrix_from_quaternion(pose[3:])

    def _entries(self, body: str, kind: str, suffixes: tuple[str, ...]) -> list[int]:
        wanted = [f"{body}_{kind}_in_{self._frame}.{suffix}" for suffix in suffixes]
        if missing := [name for name in wanted if name not in self._names]:
            raise UserError(f"the observation has no entry '{missing[0]}'")
        return [self._names.index(name) for name in wanted]

    def __call__(self, observation: Tensor) -> tuple[Tensor, Tensor]:
        """Positions (N, 3) [m] and rotation matrices (N, 3, 3) in the task's root frame, of raw (N, O)."""
        entries = observation[:, self._rotation]
        matrix = matrix_from_quaternion(entries) if self._is_quaternion else matrix_from_sixd(entries)
        turn = self._turn.to(observation)
        position = self._origin.to(observation) + turned(turn, observation[:, self._position])
        return position, product(turn.expand_as(matrix), matrix)


def _position_of(body: str, name: str) -> re.Match[str] | None:
    return re.fullmatch(rf"{re.escape(body)}_position_in_(\w+)\.x", name)
