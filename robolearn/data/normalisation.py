"""Minimum and maximum of each entry, and the map of that range to [-1, 1]."""

from typing import Self

import torch
from torch import Tensor, nn

from robolearn.errors import UserError

RELATIVE_RESOLUTION = 1e-6
"""A range below this share of the values' size is rounding in float32: the entry counts as constant."""

CONSTANT_MARGIN = 1.0
"""Constant entries are widened by this on both sides, as ResiP and KORR do (by more where float32 would
round that away): they map to 0."""


class MinMaxNormaliser(nn.Module):
    """Maps each entry from [minimum, maximum] to [-1, 1], linearly and without clamping.

    Buffers `minimum` and `maximum`, (D,) float32, in the units of the vector.
    """

    minimum: Tensor
    maximum: Tensor

    def __init__(self, minimum: Tensor, maximum: Tensor) -> None:
        super().__init__()
        if minimum.ndim != 1 or minimum.shape != maximum.shape:
            raise UserError(
                f"normalisation needs two vectors of one size, not {tuple(minimum.shape)} "
                f"and {tuple(maximum.shape)}"
            )
        if not bool((minimum.isfinite() & maximum.isfinite() & (minimum < maximum)).all()):
            raise UserError("normalisation needs finite minima below their maxima")
        self.register_buffer("minimum", minimum.detach().clone().to(torch.float32))
        self.register_buffer("maximum", maximum.detach().clone().to(torch.float32))

    @classmethod
    def fit(cls, values: Tensor) -> Self:
        """Statistics of the columns of `values`, (T, D). Raises UserError when it is empty or not finite."""
        if values.ndim != 2 or not len(values):
            raise UserError(f"normalisation is fitted to rows of vectors, not to shape {tuple(values.shape)}")
        if not bool(values.isfinite().all()):
            column = int((~values.isfinite()).any(dim=0).nonzero()[0])
            raise UserError(f"normalisation cannot be fitted: entry {column} is not finite")
        minimum, maximum = values.amin(dim=0), values.amax(dim=0)
        size = torch.maximum(minimum.abs(), maximum.abs())
        resolution = RELATIVE_RESOLUTION * size
        margin = resolution.clamp(min=CONSTANT_MARGIN) * (maximum - minimum <= resolution)
        return cls(minimum - margin, maximum + margin)

    def normalise(self, values: Tensor) -> Tensor:
        """Values, (..., D), relative to their range: -1 at the minimum, 1 at the maximum."""
        return 2.0 * (values - self.minimum) / (self.maximum - self.minimum) - 1.0

    def unnormalise(self, values: Tensor) -> Tensor:
        """The inverse of `normalise`."""
        return (values + 1.0) / 2.0 * (self.maximum - self.minimum) + self.minimum

    def forward(self, values: Tensor) -> Tensor:
        """As `normalise`."""
        return self.normalise(values)
