"""The contract of denoisers, and how they see the diffusion step."""

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from robolearn.errors import UserError


class Denoiser(nn.Module, ABC):
    """Predicts the noise in chunks of normalised actions, H control steps each."""

    @abstractmethod
    def forward(self, noisy: Tensor, step: Tensor, observation: Tensor) -> Tensor:
        """Predictions (N, H, A).

        noisy: (N, H, A); step: (N,) int64, diffusion step; observation: (N, O), normalised
        """


class StepEmbedding(nn.Module):
    """Sines and cosines of the diffusion step, as of positions in a transformer (arXiv 1706.03762, 3.5)."""

    frequencies: Tensor

    def __init__(self, size: int) -> None:
        """size: entries of the embedding, even, at least 4."""
        super().__init__()
        half = size // 2
        exponents = torch.arange(half) * (-math.log(10_000.0) / (half - 1))
        self.register_buffer("frequencies", exponents.exp(), persistent=False)

    def forward(self, step: Tensor) -> Tensor:
        """Embeddings (N, size) of steps (N,)."""
        angles = step[:, None].to(self.frequencies.dtype) * self.frequencies
        return torch.cat([angles.sin(), angles.cos()], dim=-1)


def check_step_size(name: str, size: int) -> None:
    """Raises UserError, which calls it `name`, for a size that `StepEmbedding` cannot have."""
    if size < 4 or size % 2:
        raise UserError(f"{name}={size} is not valid: it takes an even number from 4")
