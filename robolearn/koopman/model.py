"""Lifted linear dynamics z' = A g(x) + B u, without a decoder (KORR, A.1 and A.2)."""

import torch
from torch import Tensor, nn

from robolearn.policies.networks import last_layer, perceptron

SCALED_INPUT_DEVIATION = 0.1
"""Entries of B at the start of the "scaled" initialisation: one step changes the latent only a little."""


class KoopmanModel(nn.Module):
    """A lift g, (O,) -> (d,), and the matrices A, d x d, and B, d x A, that advance the lifted state.

    The published initialisation lifts everything to zero and draws A and B from N(0, 1), so that A's
    spectral radius is near sqrt(d). The "scaled" one starts from a latent that holds information (orthogonal
    last layer) and stands still (A the identity, B small).
    """

    def __init__(
        self, observation_size: int, action_size: int, lifted_size: int, hidden_size: int, initialisation: str
    ) -> None:
        """initialisation: "scaled" or "published"."""
        super().__init__()
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

    def advance(self, latent: Tensor, action: Tensor) -> Tensor:
        """Latents (..., d) one control step later, under normalised actions (..., A)."""
        return latent @ self.A.T + action @ self.B.T

    def imagine(self, observation: Tensor, action: Tensor) -> Tensor:
        """Predicted next latents (N, d) of observations (N, O) under actions (N, A)."""
        return self.advance(self.lift(observation), action)

    def loss(
        self,
        observation: Tensor,
        action: Tensor,
        next_observation: Tensor,
        *,
        stop_target_gradient: bool = False,
    ) -> Tensor:
        """Mean square of A g(x) + B u - g(x') over the batch (N) and the d latent entries, a scalar."""
        target = self.lift(next_observation)
        if stop_target_gradient:
            target = target.detach()
        return (self.imagine(observation, action) - target).square().mean()

    def multi_step_loss(
        self, observations: Tensor, actions: Tensor, *, stop_target_gradient: bool = False
    ) -> Tensor:
        """The same along trajectories: every latent is predicted from the first observation alone.

        observations: (N, H + 1, O); actions: (N, H, A), from each observation to the next. H = 1 is `loss`.
        """
        latents = self.lift(observations)
        targets = latents[:, 1:].detach() if stop_target_gradient else latents[:, 1:]
        return (self.roll_out(latents[:, 0], actions) - targets).square().mean()

    def roll_out(self, latent: Tensor, actions: Tensor) -> Tensor:
        """Predicted latents (N, H, d) after each of the actions (N, H, A), from latents (N, d)."""
        predictions = []
        for action in actions.unbind(dim=1):
            latent = self.advance(latent, action)
            predictions.append(latent)
        return torch.stack(predictions, dim=1)
