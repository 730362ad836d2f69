"""Linear interpolation in a table."""

import torch
from torch import Tensor


def interpolate(places: Tensor, values: Tensor, at: Tensor) -> Tensor:
    """Rows (..., D) of the table `values` (K, D) at `at` (...), clamped to its ends.

    places: (K,) of the rows, ascending
    """
    upper = torch.searchsorted(places, at.contiguous()).clamp(1, len(places) - 1)
    lower = upper - 1
    share = ((at - places[lower]) / (places[upper] - places[lower])).clamp(0.0, 1.0)
    return torch.lerp(values[lower], values[upper], share[..., None])
