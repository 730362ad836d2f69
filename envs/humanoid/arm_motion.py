"""Moves the joints that the worker does not own, as somebody else's arms would move (TrajBooster, B.5)."""

import math
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.streams import Stream
from robolearn.counter_random import uniform

SEGMENT_STEPS: Final = 50
"""Control steps between two targets, each reached linearly (TrajBooster: 1 s)."""

_STEEPNESS: Final = 0.2
"""Of the distribution of sizes at the end of the published curriculum: nearly uniform. Its beginning, a
steepness of 20 that falls linearly, keeps motions small until it is almost over; here they grow evenly."""


class ArmMotion:
    """Targets of J joints in N worlds."""

    def __init__(self, num_worlds: int, rest: Tensor, lower: Tensor, upper: Tensor) -> None:
        """rest, lower, upper: (J,) default angles and limits [rad]."""
        self._rest, self._lower, self._upper = rest, lower, upper
        self.start = rest.repeat(num_worlds, 1)
        self.end = self.start.clone()

    def reset(self, worlds: Tensor) -> None:
        """Begin at rest in the named worlds, (K,) int64."""
        self.start[worlds] = self._rest
        self.end[worlds] = self._rest

    def targets(self, seeds: Tensor, step: Tensor, reach: Tensor) -> Tensor:
        """Joint targets (N, J) [rad] at control steps (N,) of episodes (N,).

        reach: (N,) in 0 to 1, factor on the way from the default angles to the ends of segments
        """
        place = step % SEGMENT_STEPS
        begins = (place == 0)[:, None]
        if bool(begins.any()):
            drawn = self._draw(seeds, step // SEGMENT_STEPS, reach)
            self.start = torch.where(begins, self.end, self.start)
            self.end = torch.where(begins, drawn, self.end)
        share = (place + 1).float() / SEGMENT_STEPS
        return torch.lerp(self.start, self.end, share[:, None])

    def _draw(self, seeds: Tensor, counter: Tensor, reach: Tensor) -> Tensor:
        """Ends of segments, (N, J): a truncated exponential size, times uniform, towards either limit."""
        joints = len(self._rest)
        shares = uniform(seeds, Stream.ARM_SIZE, counter, 2 * joints)
        size = -torch.log1p(shares[:, :joints] * math.expm1(-_STEEPNESS)) / _STEEPNESS
        size *= shares[:, joints:] * reach[:, None]
        upwards = uniform(seeds, Stream.ARM_SIDE, counter, joints) < 0.5
        limit = torch.where(upwards, self._upper, self._lower)
        return torch.lerp(self._rest.expand_as(limit), limit, size)
