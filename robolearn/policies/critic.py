"""The critic of residual reinforcement learning."""

import torch
from torch import Tensor, nn

from robolearn.policies.networks import last_layer, perceptron

LAST_GAIN, LAST_BIAS = 0.25, 0.25
"""Orthogonal gain and bias of the last layer (KORR, A.2)."""


class Critic(nn.Module):
    """Values of normalised observations and base actions; it never sees the latent (KORR, A.2)."""

    def __init__(self, observation_size: int, action_size: int, hidden_size: int = 256) -> None:
        super().__init__()
        self.layers = perceptron(observation_size + action_size, hidden_size, 1, last_bias=True)
        layer = last_layer(self.layers)
        nn.init.orthogonal_(layer.weight, gain=LAST_GAIN)
        nn.init.constant_(layer.bias, LAST_BIAS)

    def forward(self, observation: Tensor, base_action: Tensor) -> Tensor:
        """Values (N,) of observations (N, C) and base actions (N, A)."""
        return self.layers(torch.cat([observation, base_action], dim=-1)).squeeze(-1)
