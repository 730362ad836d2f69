"""Figures of merit of the reaching task's episodes, kept while they run."""

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor

HEIGHT_EDGES: Final = (0.0, 0.4, 0.7, 1.0, 1.5)
"""Regions of the lower hand's reference above the floor [m]."""

_MEANS: Final = (
    *("left_hand_position_error", "right_hand_position_error"),
    *("left_hand_orientation_error", "right_hand_orientation_error"),
    *("heading_error", "base_position_error", "height_error"),
)


class ReachFigures:
    """Sums over the running episodes of N worlds."""

    def __init__(self, num_worlds: int) -> None:
        regions = len(HEIGHT_EDGES) - 1
        self._steps = torch.zeros(num_worlds, dtype=torch.float64)
        self._sums = torch.zeros(num_worlds, len(_MEANS), dtype=torch.float64)
        self._worst = torch.zeros(num_worlds, dtype=torch.float64)
        self._regions = torch.zeros(num_worlds, regions, 2, dtype=torch.float64)

    def reset(self, worlds: Tensor) -> None:
        """New episodes begin in the named worlds, (K,) int64."""
        for tensor in (self._steps, self._sums, self._worst, self._regions):
            tensor[worlds] = 0

    def add(self, way: Tensor, turn: Tensor, base: Tensor, low: Tensor, running: Tensor) -> None:
        """Count one control step of the worlds of the mask (N,) bool.

        way, turn: (N, 2) errors of the hands [m, rad]; low: (N,) height of the lower hand's reference [m]
        base: (N, 3) errors of the pelvis: heading [rad], place [m], height [m]
        """
        values = torch.cat((way, turn, base), 1) * running[:, None]
        self._steps += running
        self._sums += values.double()
        worst = torch.where(running, way.amax(1), torch.zeros_like(low))
        self._worst = torch.maximum(self._worst, worst.double())
        region = torch.bucketize(low.contiguous(), torch.tensor(HEIGHT_EDGES[1:-1]), right=True)
        entry = torch.stack((torch.ones_like(low), way.mean(1)), 1) * running[:, None]
        self._regions[torch.arange(len(low)), region] += entry.double()

    def values(self) -> Mapping[str, Tensor]:
        """By name, (N,) each: means over the episode, its worst hand error, sums by height."""
        means = self._sums / self._steps.clamp(min=1)[:, None]
        found = {f"mean.{name}": means[:, place] for place, name in enumerate(_MEANS)}
        found["worst_hand_position_error"] = self._worst
        for region in range(self._regions.shape[1]):
            found[f"height{region}.steps"] = self._regions[:, region, 0]
            found[f"height{region}.hand_position_error"] = self._regions[:, region, 1]
        return found
