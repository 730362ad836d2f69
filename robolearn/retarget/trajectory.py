"""What both hands of a robot did in one episode, whichever dataset it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEFT: Final = 0
RIGHT: Final = 1
HANDS: Final = ("left", "right")
"""Names of the entries of a trajectory's second axis."""


@dataclass(frozen=True)
class Clip:
    """An episode's part of a video file.

    path: the file, which other episodes may share
    begin: when the episode starts in it [s]
    """

    path: Path
    begin: float = 0.0


@dataclass(frozen=True)
class HandTrajectory:
    """T frames of two hands, left then right.

    Positions and orientations are those of the source's flange, or of the G1's wrist once mapped, in a frame
    that stands on the ground below the robot's initial base: x ahead, y to the left, z up.

    name: of the episode, unique in its source
    rate: frames a second [Hz]
    hand_position: (T, 2, 3) [m]
    hand_quaternion: (T, 2, 4) unit, w first
    gripper: (T, 2), 0 open to 1 closed
    language: what the robot was told to do
    videos: by camera; empty where there are none
    """

    name: str
    rate: float
    hand_position: NDArray[np.float64]
    hand_quaternion: NDArray[np.float64]
    gripper: NDArray[np.float64]
    language: str
    videos: Mapping[str, Clip]

    def __len__(self) -> int:
        return len(self.hand_position)

    @property
    def seconds(self) -> float:
        """How long the episode lasts [s]."""
        return len(self) / self.rate
