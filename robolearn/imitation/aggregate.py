"""The growing dataset of DAgger (Ross, Gordon and Bagnell 2011)."""

from collections.abc import Iterator

import torch
from torch import Tensor


class Aggregate:
    """Samples of all rollouts so far.

    inputs: (M, F); labels: (M, L)
    """

    def __init__(self, inputs: int, labels: int) -> None:
        """Sizes F and L."""
        self.inputs = torch.zeros(0, inputs)
        self.labels = torch.zeros(0, labels)

    def __len__(self) -> int:
        return len(self.labels)

    def append(self, inputs: Tensor, labels: Tensor) -> None:
        """Add samples (K, F) and (K, L)."""
        self.inputs = torch.cat((self.inputs, inputs))
        self.labels = torch.cat((self.labels, labels))

    def batches(self, size: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """One pass in random order, `size` samples at a time."""
        for rows in torch.randperm(len(self), generator=generator).split(size):
            yield self.inputs[rows], self.labels[rows]
