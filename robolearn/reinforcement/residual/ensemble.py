"""An ensemble of Q functions with layer normalisation, evaluated together (RED-Q, RLPD)."""

import torch
from torch import Tensor, nn


class EnsembleLinear(nn.Module):
    """One linear map a head: (E, B, inputs) to (E, B, outputs), initialised as `nn.Linear`."""

    def __init__(self, heads: int, inputs: int, outputs: int) -> None:
        super().__init__()
        bound = inputs**-0.5
        self.weight = nn.Parameter(torch.empty(heads, inputs, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(heads, 1, outputs).uniform_(-bound, bound))

    def forward(self, value: Tensor) -> Tensor:
        """Apply every head's map to its own input."""
        return torch.baddbmm(self.bias, value, self.weight)


class EnsembleLayerNorm(nn.Module):
    """Layer normalisation with one scale and shift a head, (E, B, H) to the same."""

    def __init__(self, heads: int, size: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(heads, 1, size))
        self.shift = nn.Parameter(torch.zeros(heads, 1, size))

    def forward(self, value: Tensor) -> Tensor:
        """Normalise over the last dimension."""
        return torch.addcmul(self.shift, nn.functional.layer_norm(value, value.shape[-1:]), self.scale)


class EnsembleCritic(nn.Module):
    """E independent Q functions of (residual observation, executed action).

    The residual observation carries the base's action and chunk phase: an open-loop chunk makes the
    base a function of history, so that without them the value of the next state is ambiguous.
    """

    def __init__(self, heads: int, observation_size: int, action_size: int, hidden_size: int) -> None:
        super().__init__()
        self.heads = heads
        self.layers = nn.Sequential(
            EnsembleLinear(heads, observation_size + action_size, hidden_size),
            EnsembleLayerNorm(heads, hidden_size),
            nn.ReLU(),
            EnsembleLinear(heads, hidden_size, hidden_size),
            EnsembleLayerNorm(heads, hidden_size),
            nn.ReLU(),
            EnsembleLinear(heads, hidden_size, 1),
        )

    def forward(self, observation: Tensor, executed: Tensor) -> Tensor:
        """Values (E, B) of residual observations (B, C + A + 1) and normalised actions (B, A)."""
        value = torch.cat([observation, executed], dim=1)
        return self.layers(value.expand(self.heads, -1, -1)).squeeze(2)
