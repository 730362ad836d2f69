"""Dynamics without a lift: a perceptron predicts the next observation (KORR, A.7)."""

import torch
from torch import Tensor

from robolearn.koopman.dynamics import Dynamics
from robolearn.policies.networks import perceptron


class PerceptronDynamics(Dynamics):
    """Predicts zero at the start, since the last layer does."""

    def __init__(self, observation_size: int, action_size: int, hidden_size: int) -> None:
        super().__init__()
        self.size = observation_size
        self.network = perceptron(observation_size + action_size, hidden_size, observation_size)

    def lifted(self, observation: Tensor) -> Tensor:
        """The observation itself."""
        return observation

    def advance(self, latent: Tensor, action: Tensor) -> Tensor:
        """See Dynamics.advance."""
        return self.network(torch.cat([latent, action], dim=-1))
