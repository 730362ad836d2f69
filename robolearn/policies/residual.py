"""The contract of residual actors, and ResiP's plain one.

All vectors are normalised by the base policy's statistics and clamped to +-NORMALISED_LIMIT.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from robolearn.koopman.dynamics import Dynamics
from robolearn.policies.networks import perceptron

INITIALISATIONS = ("scaled", "published")


@dataclass(frozen=True)
class ResidualConfig:
    """What a residual actor is built from.

    actor: a name in `robolearn.policies.residual_actors.ACTORS`
    context_size: entries C of what the base's network sees; action_size: A of the task
    lifted_size: dimension d of the Koopman latent; 128 is the published optimum, 256 the published default
    hidden_size: width of the two hidden layers
    goal: the head also sees a goal observation (KORR, A.6)
    detach: keep the policy gradient out of the dynamics model ("w/o bkp", A.3)
    bounded: residuals pass through tanh, so that they stay within [-1, 1]
    stop_target_gradient: the dynamics loss does not move the latent that it predicts
    initialisation: of the Koopman model; one of INITIALISATIONS
    """

    actor: str
    context_size: int
    action_size: int
    lifted_size: int = 128
    hidden_size: int = 256
    goal: bool = False
    detach: bool = False
    bounded: bool = False
    stop_target_gradient: bool = False
    initialisation: str = "scaled"


class ResidualActor(nn.Module, ABC):
    """Maps an observation and the base's action to a correction, exactly zero at the start.

    goal: buffer (C,), the normalised goal observation that is used when `forward` gets none. It is present
        with `config.goal` only, and saved with the weights.
    """

    goal: Tensor

    def __init__(self, config: ResidualConfig) -> None:
        super().__init__()
        self.config = config
        if config.goal:
            self.register_buffer("goal", torch.zeros(config.context_size))

    def forward(self, observation: Tensor, base_action: Tensor, goal: Tensor | None = None) -> Tensor:
        """Mean residuals (N, A), not yet scaled.

        observation: (N, C); base_action: (N, A); goal: (N, C) or (C,), for goal-conditioned actors only
        """
        mean = self._mean(observation, base_action, self._goal_of(observation, goal))
        return torch.tanh(mean) if self.config.bounded else mean

    @property
    def dynamics(self) -> Dynamics | None:
        """What the actor looks ahead with; None for actors that do not."""
        return None

    def koopman_loss(self, observation: Tensor, executed: Tensor, next_observation: Tensor) -> Tensor:
        """Scalar loss of the dynamics model; zero for actors without one.

        observation, next_observation: (N, C); executed: (N, A), the actions that led from one to the other
        """
        return observation.new_zeros(())

    def set_goal(self, goal: Tensor) -> None:
        """Use `goal`, (C,), from now on. Raises ValueError for an actor without goals."""
        if not self.config.goal:
            raise ValueError("this actor takes no goal")
        self.goal.copy_(goal)

    def _goal_of(self, observation: Tensor, goal: Tensor | None) -> Tensor | None:
        if not self.config.goal:
            if goal is not None:
                raise ValueError("this actor takes no goal")
            return None
        return (self.goal if goal is None else goal).expand_as(observation)

    @abstractmethod
    def _mean(self, observation: Tensor, base_action: Tensor, goal: Tensor | None) -> Tensor:
        """Unbounded residuals (N, A); `goal` is (N, C) with `config.goal`, else None."""


class PlainResidual(ResidualActor):
    """ResiP's actor: a perceptron on observation and base action (B.2), and the goal if there is one."""

    def __init__(self, config: ResidualConfig) -> None:
        super().__init__(config)
        inputs = config.context_size + config.action_size + config.goal * config.context_size
        self.head = perceptron(inputs, config.hidden_size, config.action_size)

    def _mean(self, observation: Tensor, base_action: Tensor, goal: Tensor | None) -> Tensor:
        inputs = [observation, base_action] if goal is None else [observation, base_action, goal]
        return self.head(torch.cat(inputs, dim=-1))
