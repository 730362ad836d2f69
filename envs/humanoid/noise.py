"""Noise of every control step, as a function of the episode's seed and the step."""

from typing import Final

import torch
from torch import Tensor

from robolearn.counter_random import uniform

_ROWS: Final = 8192
"""Of the table: drawing a row costs a hundredth of drawing its numbers, and an episode meets few twice."""


class StepNoise:
    """Rows of a table of uniform numbers in -1 to 1."""

    def __init__(self, size: int, stream: int, device: torch.device) -> None:
        """size: numbers D a step; stream: what they are for, see `robolearn.counter_random`."""
        self._stream = stream
        self._table = 2.0 * uniform(torch.arange(_ROWS, device=device), stream, 0, size) - 1.0

    def at(self, seeds: Tensor, step: Tensor) -> Tensor:
        """Numbers (N, D) of episodes (N,) at control steps (N,)."""
        share = uniform(seeds, self._stream, step + 1, 1)[:, 0]
        return self._table[(share * _ROWS).long()]
