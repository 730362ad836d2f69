"""Random numbers as a pure function of seed, stream and counter: nothing to save, any order, any batch.

SplitMix64's mixing of a counter (Steele, Lea and Flood, OOPSLA 2014), on int64 tensors that wrap as uint64
does.
"""

from typing import Final

import torch
from torch import Tensor

_GOLDEN: Final = 0x9E3779B97F4A7C15 - (1 << 64)
_FIRST: Final = 0xBF58476D1CE4E5B9 - (1 << 64)
_SECOND: Final = 0x94D049BB133111EB - (1 << 64)
"""SplitMix64's increment and multipliers, as signed numbers of the same bits."""

_BITS: Final = 24
"""Of a float32's mantissa."""


def uniform(seeds: Tensor, stream: int, counter: Tensor | int, size: int) -> Tensor:
    """Numbers in [0, 1), (N, size) float32.

    seeds: (N,) int64
    stream: what the numbers are for, so that two uses of one seed do not meet
    counter: such as the control step of each world, (N,) int64, or one for all
    """
    key = _mixed(seeds + torch.tensor(stream) * _GOLDEN)
    key = _mixed(key + torch.as_tensor(counter) * _GOLDEN)
    entries = torch.arange(1, size + 1, dtype=torch.int64, device=seeds.device) * _GOLDEN
    bits = _mixed(key[:, None] + entries)
    return _shifted(bits, 64 - _BITS).to(torch.float32) * 2.0**-_BITS


def between(low: float | Tensor, high: float | Tensor, share: Tensor) -> Tensor:
    """`share` in [0, 1) of the way from low to high."""
    return low + (high - low) * share


def normal(seeds: Tensor, stream: int, counter: Tensor | int, size: int) -> Tensor:
    """Standard normal numbers, (N, size) float32 (Box and Muller 1958)."""
    radius, angle = uniform(seeds, stream, counter, 2 * size).chunk(2, dim=1)
    return (-2.0 * torch.log1p(-radius)).sqrt() * torch.cos(2.0 * torch.pi * angle)


def _mixed(value: Tensor) -> Tensor:
    value = (value ^ _shifted(value, 30)) * _FIRST
    value = (value ^ _shifted(value, 27)) * _SECOND
    return value ^ _shifted(value, 31)


def _shifted(value: Tensor, places: int) -> Tensor:
    """To the right, filling with zeros."""
    return (value >> places) & ((1 << (64 - places)) - 1)
