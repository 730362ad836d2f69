"""Dynamics in a lifted space: what a residual actor looks ahead with."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class Dynamics(nn.Module, ABC):
    """Lifts observations, and advances what is lifted by actions. All vectors are normalised.

    size: entries d of a lifted state
    """

    size: int

    @abstractmethod
    def lifted(self, observation: Tensor) -> Tensor:
        """Lifted states (..., d) of observations (..., C)."""

    @abstractmethod
    def advance(self, latent: Tensor, action: Tensor) -> Tensor:
        """Lifted states (..., d) one control step later, under actions (..., A)."""

    def imagine(self, observation: Tensor, action: Tensor) -> Tensor:
        """Predicted next lifted states (N, d) of observations (N, C) under actions (N, A)."""
        return self.advance(self.lifted(observation), action)

    def roll_out(self, latent: Tensor, actions: Tensor) -> Tensor:
        """Predictions (N, H, d) after each of the actions (N, H, A), from lifted states (N, d)."""
        predictions = []
        for action in actions.unbind(dim=1):
            latent = self.advance(latent, action)
            predictions.append(latent)
        return torch.stack(predictions, dim=1)

    def loss(
        self,
        observation: Tensor,
        action: Tensor,
        next_observation: Tensor,
        *,
        stop_target_gradient: bool = False,
    ) -> Tensor:
        """Mean square of prediction minus lifted next observation, over batch (N) and entries, a scalar."""
        target = self.lifted(next_observation)
        if stop_target_gradient:
            target = target.detach()
        return (self.imagine(observation, action) - target).square().mean()

    def multi_step_loss(
        self, observations: Tensor, actions: Tensor, *, stop_target_gradient: bool = False
    ) -> Tensor:
        """The same along trajectories: every state is predicted from the first observation alone.

        observations: (N, H + 1, C); actions: (N, H, A), from each observation to the next. H = 1 is `loss`.
        """
        latents = self.lifted(observations)
        targets = latents[:, 1:].detach() if stop_target_gradient else latents[:, 1:]
        return (self.roll_out(latents[:, 0], actions) - targets).square().mean()
