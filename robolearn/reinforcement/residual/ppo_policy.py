"""The residual actor and its critic as a stable-baselines3 policy: fixed noise, two learning rates."""

import math
from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from torch import Tensor, nn

from robolearn.policies.residual import ResidualActor
from robolearn.reinforcement.residual.residual_environment import ResidualLayout

ADAM_EPSILON = 1e-5
WEIGHT_DECAY = 1e-6
"""Both of KORR's two AdamW optimisers (A.5)."""

ACTOR_GROUP, CRITIC_GROUP = 0, 1
"""Parameter groups of the optimiser."""


class ResidualActorCriticPolicy(ActorCriticPolicy):
    """Gaussian residuals of fixed width around an actor's mean, and a critic with its own input.

    The actor maps (normalised observation, normalised base action) to the mean residual (N, A); the
    critic maps the same to values (N,) or (N, 1). The chunk phase of the residual observation is not used.
    """

    def __init__(
        self,
        observation_space: spaces.Space,
        action_space: spaces.Space,
        lr_schedule: Schedule,
        *,
        actor: ResidualActor,
        critic: nn.Module,
        layout: ResidualLayout,
        noise_log_std: float,
        generator: torch.Generator,
        **unused: Any,
    ) -> None:
        """noise_log_std: log of the residual's standard deviation; generator: where noise comes from."""
        super().__init__(observation_space, action_space, lr_schedule)
        self.actor = actor
        self.critic = critic
        self.layout = layout
        self.noise_log_std = noise_log_std
        self.generator = generator
        groups = [{"params": list(actor.parameters())}, {"params": list(critic.parameters())}]
        self.optimizer = torch.optim.AdamW(
            groups, lr=lr_schedule(1.0), eps=ADAM_EPSILON, weight_decay=WEIGHT_DECAY
        )

    def _build(self, lr_schedule: Schedule) -> None:
        """Nothing: the networks come from outside."""

    def mean(self, obs: Tensor) -> Tensor:
        """Mean residuals (N, A) at residual observations (N, C + A + 1)."""
        observation, base_action, _ = self.layout.split(obs)
        return self.actor(observation, base_action)

    def predict_values(self, obs: PyTorchObs) -> Tensor:
        """Values (N, 1) of residual observations (N, C + A + 1)."""
        assert isinstance(obs, Tensor)
        observation, base_action, _ = self.layout.split(obs)
        return self.critic(observation, base_action).reshape(-1, 1)

    def log_probability(self, mean: Tensor, residual: Tensor) -> Tensor:
        """Log density (N,) of residuals (N, A) around means (N, A)."""
        scaled = (residual - mean) * math.exp(-self.noise_log_std)
        constant = self.noise_log_std + 0.5 * math.log(2.0 * math.pi)
        return -(0.5 * scaled.square() + constant).sum(dim=1)

    def forward(self, obs: Tensor, deterministic: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """Residuals (N, A), values (N, 1) and log densities (N,)."""
        mean = self.mean(obs)
        residual = mean
        if not deterministic:
            noise = torch.randn(mean.shape, generator=self.generator, device=mean.device)
            residual = mean + math.exp(self.noise_log_std) * noise
        return residual, self.predict_values(obs), self.log_probability(mean, residual)

    def evaluate_actions(self, obs: PyTorchObs, actions: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Values (N, 1) and log densities (N,) of residuals taken; no entropy, since the width is fixed."""
        assert isinstance(obs, Tensor)
        return self.predict_values(obs), self.log_probability(self.mean(obs), actions), None

    def _predict(self, observation: PyTorchObs, deterministic: bool = False) -> Tensor:
        assert isinstance(observation, Tensor)
        return self.forward(observation, deterministic)[0]
