"""How far ahead hands are, over all frames of a source: what aligns one robot's reach with another's."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from robolearn.errors import UserError
from robolearn.retarget.trajectory import HandTrajectory

_NARROWEST: Final = 1e-4
"""A spread below this [m] is no reach to align, but hands that stand still."""


@dataclass(frozen=True)
class ForwardStatistics:
    """Of the hands' x, both hands and all frames together.

    mean, std: [m]
    """

    mean: float
    std: float

    def check(self, origin: str) -> None:
        """Raise UserError, which names `origin`, unless this can be aligned with another's."""
        if not math.isfinite(self.mean):
            raise UserError(f"{origin}.mean is {self.mean}, expected a distance in m")
        if not _NARROWEST < self.std < math.inf:
            raise UserError(f"{origin}.std is {self.std}, expected more than {_NARROWEST} m")


G1_FORWARD: Final = ForwardStatistics(mean=0.28, std=0.07)
"""The Unitree G1's, ahead of the pelvis' axis [m]: chosen, since the paper's values, of its authors'
teleoperation, are not published. Its arm reaches 0.42 m from the shoulder to 5 cm beyond the wrist; at 0.28 m
the elbow is bent, and three standard deviations either way go from beside the body to an arm almost
straight."""


def fit_forward(trajectories: Iterable[HandTrajectory]) -> ForwardStatistics:
    """The statistics over all trajectories, read once. Raises UserError for none, or hands that stay put."""
    frames, mean, squares = 0, 0.0, 0.0
    for trajectory in trajectories:
        ahead = trajectory.hand_position[..., 0]
        # Chan, Golub and LeVeque's pairwise update loses no digits over millions of frames.
        share = ahead.size / (frames + ahead.size)
        difference = float(ahead.mean()) - mean
        squares += float(np.square(ahead - ahead.mean()).sum()) + difference**2 * frames * share
        mean += difference * share
        frames += ahead.size
    if not frames:
        raise UserError("no episode could be read: there is nothing to fit the mapping to")
    found = ForwardStatistics(mean, math.sqrt(squares / frames))
    found.check("x of the source's hands")
    return found
