"""Residual actors that see a prediction of what the base's action would do."""

import torch
from torch import Tensor

from robolearn.koopman.model import KoopmanModel
from robolearn.policies.networks import perceptron
from robolearn.policies.residual import ResidualActor, ResidualConfig


class KoopmanResidual(ResidualActor):
    """KORR's actor: head([A g(x) + B a_base, g(goal)]), with the goal's part in the goal variant only."""

    def __init__(self, config: ResidualConfig) -> None:
        super().__init__(config)
        self.dynamics = KoopmanModel(
            config.observation_size,
            config.action_size,
            config.lifted_size,
            config.hidden_size,
            config.initialisation,
        )
        inputs = config.lifted_size * (2 if config.goal else 1)
        self.head = perceptron(inputs, config.hidden_size, config.action_size)

    def koopman_loss(self, observation: Tensor, executed: Tensor, next_observation: Tensor) -> Tensor:
        """See ResidualActor.koopman_loss and KoopmanModel.loss."""
        return self.dynamics.loss(
            observation, executed, next_observation, stop_target_gradient=self.config.stop_target_gradient
        )

    def _mean(self, observation: Tensor, base_action: Tensor, goal: Tensor | None) -> Tensor:
        seen = self.dynamics.imagine(observation, base_action)
        if goal is not None:
            seen = torch.cat([seen, self.dynamics.lift(goal)], dim=-1)
        return self.head(seen.detach() if self.config.detach else seen)


class NonlinearResidual(ResidualActor):
    """ResiP on the next observation that a perceptron predicts for the base's action (KORR, A.7)."""

    def __init__(self, config: ResidualConfig) -> None:
        super().__init__(config)
        state_size = config.observation_size
        self.dynamics = perceptron(state_size + config.action_size, config.hidden_size, state_size)
        inputs = state_size * (2 if config.goal else 1)
        self.head = perceptron(inputs, config.hidden_size, config.action_size)

    def koopman_loss(self, observation: Tensor, executed: Tensor, next_observation: Tensor) -> Tensor:
        """Mean squared error of the predicted next observation, a scalar."""
        return (self._predict(observation, executed) - next_observation).square().mean()

    def _predict(self, observation: Tensor, action: Tensor) -> Tensor:
        return self.dynamics(torch.cat([observation, action], dim=-1))

    def _mean(self, observation: Tensor, base_action: Tensor, goal: Tensor | None) -> Tensor:
        seen = self._predict(observation, base_action)
        if self.config.detach:
            seen = seen.detach()
        return self.head(seen if goal is None else torch.cat([seen, goal], dim=-1))
