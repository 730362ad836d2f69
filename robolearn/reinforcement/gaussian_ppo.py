"""PPO of actions around a network's mean: a fixed width, and a learning rate that follows the divergence."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor, nn

from robolearn.reinforcement.library_ppo import LibraryPPO, Samples, surrogate_loss
from robolearn.reinforcement.settings import GaussianOptimisation

_LEAST_RATE, _GREATEST_RATE = 1e-5, 1e-3
"""Bounds of the learning rate (TrajBooster, B.8: 1e-5 to 1e-2)."""

_RATE_FACTOR = 1.3


class GaussianActorCritic(ActorCriticPolicy):
    """Gaussian actions around the actor's mean, and a critic, both of all that is observed.

    std: standard deviation of the actions; whoever trains it sets it
    """

    def __init__(
        self,
        observation_space: spaces.Space,
        action_space: spaces.Space,
        lr_schedule: Schedule,
        *,
        actor: nn.Module,
        critic: nn.Module,
        std: float,
        generator: torch.Generator,
        **unused: Any,
    ) -> None:
        """generator: where exploration noise comes from."""
        super().__init__(observation_space, action_space, lr_schedule)
        self.actor, self.critic = actor, critic
        self.std = std
        self.generator = generator
        self.optimizer = torch.optim.Adam(self.parameters(), lr=lr_schedule(1.0), eps=1e-5, fused=True)

    def _build(self, lr_schedule: Schedule) -> None:
        """Nothing: the networks come from outside."""

    def predict_values(self, obs: PyTorchObs) -> Tensor:
        """Values (N, 1) of observations (N, O)."""
        assert isinstance(obs, Tensor)
        return self.critic(obs)

    def mean(self, obs: Tensor) -> Tensor:
        """Mean actions (N, A) at observations (N, O)."""
        return self.actor(obs)

    def spread(self, obs: Tensor) -> Tensor:
        """Standard deviations (N, 1) of the actions at observations (N, O)."""
        return torch.full_like(obs[:, :1], self.std)

    def log_probability(self, mean: Tensor, action: Tensor, spread: Tensor) -> Tensor:
        """Log density (N,) of actions (N, A) around means (N, A), of deviations (N, 1)."""
        scaled = (action - mean) / spread
        return -(0.5 * scaled.square() + spread.log() + 0.5 * math.log(2.0 * math.pi)).sum(1)

    def forward(self, obs: Tensor, deterministic: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """Actions (N, A), values (N, 1) and log densities (N,)."""
        mean, spread = self.mean(obs), self.spread(obs)
        action = mean
        if not deterministic:
            # Drawn where the generator is, so that a seed gives the same noise on every device.
            action = mean + spread * torch.randn(mean.shape, generator=self.generator).to(mean.device)
        return action, self.predict_values(obs), self.log_probability(mean, action, spread)

    def _predict(self, observation: PyTorchObs, deterministic: bool = False) -> Tensor:
        assert isinstance(observation, Tensor)
        return self.forward(observation, deterministic)[0]


@dataclass
class ActionSamples(Samples):
    """action: (M, A)."""

    action: Tensor


class GaussianPPO(LibraryPPO):
    """PPO with a learning rate that keeps the KL near its target."""

    policy: GaussianActorCritic  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        policy: type[GaussianActorCritic],
        env: VecEnv,
        settings: GaussianOptimisation,
        generator: torch.Generator,
        device: torch.device | str = "cpu",
        **networks: Any,
    ) -> None:
        """device: that the networks are moved to and learn on; networks: of `policy`."""
        self.settings = settings
        rate, std = settings.learning_rate, settings.initial_std
        super().__init__(policy, env, settings, rate, generator, device, std=std, **networks)

    @property
    def acting(self) -> nn.Module:
        """What only learns once the critic has."""
        return self.policy.actor

    @property
    def actor_learns(self) -> bool:
        """Whether updates change the actor, or the critic alone."""
        return all(weight.requires_grad for weight in self.acting.parameters())

    @actor_learns.setter
    def actor_learns(self, value: bool) -> None:
        self.acting.requires_grad_(value)

    @property
    def rate(self) -> float:
        """The learning rate."""
        return self.policy.optimizer.param_groups[0]["lr"]

    @rate.setter
    def rate(self, value: float) -> None:
        self.policy.optimizer.param_groups[0]["lr"] = value

    def narrow(self, share: float) -> None:
        """Explore as wide as at the share, 0 to 1, of the way from the first width to the last one."""
        self.policy.std = self.settings.initial_std ** (1.0 - share) * self.settings.final_std**share

    def samples(self) -> ActionSamples:
        """The rollout buffer, flattened, with advantages of zero mean and unit deviation."""
        buffer = self.rollout_buffer
        advantage = torch.from_numpy(buffer.advantages).flatten()
        return ActionSamples(
            observation=torch.from_numpy(buffer.observations).flatten(0, 1),
            action=torch.from_numpy(buffer.actions).flatten(0, 1),
            log_probability=torch.from_numpy(buffer.log_probs).flatten(),
            advantage=(advantage - advantage.mean()) / (advantage.std() + 1e-8),
            value_target=torch.from_numpy(buffer.returns).flatten(),
        )

    def train(self) -> None:
        """As the library's, and what the exploration and the learning rate are."""
        super().train()
        self.metrics["ppo/learning_rate"] = self.rate
        self.metrics["ppo/action_std"] = self.policy.std

    def end_epoch(self, divergence: float) -> None:
        """Keep the divergence near its target by the learning rate of the next epoch."""
        if not self.actor_learns:
            return
        target = self.settings.target_kl
        if divergence > 2.0 * target:
            self.rate = max(_LEAST_RATE, self.rate / _RATE_FACTOR)
        elif divergence < 0.5 * target:
            self.rate = min(_GREATEST_RATE, self.rate * _RATE_FACTOR)

    def loss(self, batch: ActionSamples) -> tuple[Tensor, dict[str, Tensor]]:
        """Clipped surrogate and the error of the value."""
        return self.loss_around(self.policy.mean(batch.observation), batch)

    def loss_around(self, mean: Tensor, batch: ActionSamples) -> tuple[Tensor, dict[str, Tensor]]:
        """As `loss`, for mean actions (K, A)."""
        policy = self.policy
        spread = policy.spread(batch.observation)
        log_ratio = policy.log_probability(mean, batch.action, spread) - batch.log_probability
        surrogate, parts = surrogate_loss(log_ratio, batch.advantage, self.settings.clip)
        values = policy.predict_values(batch.observation).flatten()
        value_loss = (values - batch.value_target).square().mean()
        return surrogate + value_loss, parts | {"value_loss": value_loss.detach()}

    def state(self) -> dict[str, Tensor]:
        """As the library's, and the learning rate."""
        return super().state() | {"rate": torch.tensor(self.rate, dtype=torch.float64)}

    def restore(self, state: dict[str, Tensor], observation: Tensor) -> None:
        """Go on from a saved state and the worlds' observations, (N, O)."""
        super().restore(state, observation)
        self.rate = float(state["rate"])
