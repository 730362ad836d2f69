"""Lifted linear dynamics z' = A g(x) + B u, without a decoder (KORR, A.1 and A.2)."""

import torch
from torch import Tensor, nn

from robolearn.koopman.dynamics import Dynamics
from robolearn.policies.networks import last_layer, perceptron

SCALED_INPUT_DEVIATION = 0.1
"""Entries of B at the start of the "scaled" initialisation: one step changes the latent only a little."""


class KoopmanModel(Dynamics):
    """A lift g, (C,) -> (d,), and the matrices A, d x d, and B, d x A, that advance the lifted state.

    The published initialisation lifts everything to zero and draws A and B from N(0, 1), so that A's
    spectral radius is near sqrt(d). The "scaled" one starts from a latent that holds information (orthogonal
    last layer) and stands still (A the identity, B small).
    """

    def __init__(
        self, observation_size: int, action_size: int, lifted_size: int, hidden_size: int, initialisation: str
    ) -> None:
        """initialisation: "scaled" or "published"."""
        super().__init__()
        self.size = lifted_size
        self.lift = perceptron(observation_size, hidden_size, lifted_size)
        self.A = nn.Parameter(torch.empty(lifted_size, lifted_size))
        self.B = nn.Parameter(torch.empty(lifted_size, action_size))
        if initialisation == "published":
            nn.init.normal_(self.A)
            nn.init.normal_(self.B)
        else:
            nn.init.orthogonal_(last_layer(self.lift).weight)
            nn.init.eye_(self.A)
            nn.init.normal_(self.B, std=SCALED_INPUT_DEVIATION)

    def lifted(self, observation: Tensor) -> Tensor:
        """See Dynamics.lifted."""
        return self.lift(observation)

    def advance(self, latent: Tensor, action: Tensor) -> Tensor:
        """See Dynamics.advance."""
        return latent @ self.A.T + action @ self.B.T
