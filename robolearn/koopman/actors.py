"""Residual actors that see a prediction of what the base's action would do."""

import torch
from torch import Tensor

from robolearn.koopman.dynamics import Dynamics
from robolearn.koopman.model import KoopmanModel
from robolearn.koopman.perceptron_dynamics import PerceptronDynamics
from robolearn.policies.networks import perceptron
from robolearn.policies.residual import ResidualActor, ResidualConfig


class PredictiveResidual(ResidualActor):
    """head([predicted next state, goal]), both lifted; the goal's part in the goal variant only."""

    def __init__(self, config: ResidualConfig, model: Dynamics) -> None:
        super().__init__(config)
        self.model = model
        inputs = model.size * (2 if config.goal else 1)
        self.head = perceptron(inputs, config.hidden_size, config.action_size)

    @property
    def dynamics(self) -> Dynamics:
        """See ResidualActor.dynamics."""
        return self.model

    def koopman_loss(self, observation: Tensor, executed: Tensor, next_observation: Tensor) -> Tensor:
        """See ResidualActor.koopman_loss and Dynamics.loss."""
        return self.model.loss(
            observation, executed, next_observation, stop_target_gradient=self.config.stop_target_gradient
        )

    def _mean(self, observation: Tensor, base_action: Tensor, goal: Tensor | None) -> Tensor:
        seen = self.model.imagine(observation, base_action)
        if goal is not None:
            seen = torch.cat([seen, self.model.lifted(goal)], dim=-1)
        return self.head(seen.detach() if self.config.detach else seen)


class KoopmanResidual(PredictiveResidual):
    """KORR's actor: head([A g(x) + B a_base, g(goal)])."""

    def __init__(self, config: ResidualConfig) -> None:
        model = KoopmanModel(
            config.context_size,
            config.action_size,
            config.lifted_size,
            config.hidden_size,
            config.initialisation,
        )
        super().__init__(config, model)


class NonlinearResidual(PredictiveResidual):
    """ResiP on the next observation that a perceptron predicts for the base's action (KORR, A.7)."""

    def __init__(self, config: ResidualConfig) -> None:
        model = PerceptronDynamics(config.context_size, config.action_size, config.hidden_size)
        super().__init__(config, model)
