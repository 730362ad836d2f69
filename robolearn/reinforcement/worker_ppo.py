"""PPO of the worker: a critic that knows more, and a learning rate that follows the divergence."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor, nn

from robolearn.policies.worker.estimating import EstimatingActor
from robolearn.reinforcement.library_ppo import LibraryPPO, Samples, surrogate_loss
from robolearn.reinforcement.settings import WorkerOptimisation

_LEAST_RATE, _GREATEST_RATE = 1e-5, 1e-3
"""Bounds of the learning rate (TrajBooster, B.8: 1e-5 to 1e-2)."""

_RATE_FACTOR = 1.3


class WorkerActorCritic(ActorCriticPolicy):
    """Gaussian actions around the actor's mean, and a critic with its own input.

    std: standard deviation of the actions; whoever trains it sets it
    """

    _estimated: Tensor

    def __init__(
        self,
        observation_space: spaces.Space,
        action_space: spaces.Space,
        lr_schedule: Schedule,
        *,
        actor: EstimatingActor,
        critic: nn.Module,
        actor_size: int,
        estimated_places: Sequence[int],
        std: float,
        generator: torch.Generator,
        **unused: Any,
    ) -> None:
        """actor_size: entries of an observation that the actor sees, the first ones.

        estimated_places: of the entries that it estimates
        """
        super().__init__(observation_space, action_space, lr_schedule)
        self.actor, self.critic = actor, critic
        self._actor_size = actor_size
        self.register_buffer("_estimated", torch.tensor(estimated_places), persistent=False)
        self.std = std
        self.generator = generator
        self.optimizer = torch.optim.Adam(self.parameters(), lr=lr_schedule(1.0), eps=1e-5)

    def _build(self, lr_schedule: Schedule) -> None:
        """Nothing: the networks come from outside."""

    def predict_values(self, obs: PyTorchObs) -> Tensor:
        """Values (N, 1) of observations (N, O)."""
        assert isinstance(obs, Tensor)
        return self.critic(obs[:, self._actor_size :])

    def mean(self, obs: Tensor) -> Tensor:
        """Mean actions (N, A) at observations (N, O)."""
        return self.actor(obs[:, : self._actor_size])

    def mean_and_estimation_error(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        """Mean actions (N, A), and the mean squared error of what they were estimated from."""
        frames = obs[:, : self._actor_size]
        estimate = self.actor.estimate(frames)
        error = (estimate - obs[:, self._estimated]).square().mean()
        return self.actor.act(frames, estimate), error

    def log_probability(self, mean: Tensor, action: Tensor) -> Tensor:
        """Log density (N,) of actions (N, A) around means (N, A)."""
        scaled = (action - mean) / self.std
        return -(0.5 * scaled.square() + math.log(self.std) + 0.5 * math.log(2.0 * math.pi)).sum(1)

    def forward(self, obs: Tensor, deterministic: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """Actions (N, A), values (N, 1) and log densities (N,)."""
        mean = self.mean(obs)
        action = mean
        if not deterministic:
            # Drawn where the generator is, so that a seed gives the same noise on every device.
            action = mean + self.std * torch.randn(mean.shape, generator=self.generator).to(mean.device)
        return action, self.predict_values(obs), self.log_probability(mean, action)

    def _predict(self, observation: PyTorchObs, deterministic: bool = False) -> Tensor:
        assert isinstance(observation, Tensor)
        return self.forward(observation, deterministic)[0]


@dataclass
class ActionSamples(Samples):
    """action: (M, A)."""

    action: Tensor


class WorkerPPO(LibraryPPO):
    """PPO with a learning rate that keeps the KL near its target."""

    policy: WorkerActorCritic  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        env: VecEnv,
        settings: WorkerOptimisation,
        generator: torch.Generator,
        device: torch.device,
        **networks: Any,
    ) -> None:
        """device: that the networks are moved to and learn on; networks: of `WorkerActorCritic`."""
        self.settings = settings
        self.minibatch_size = settings.minibatch_size
        super().__init__(
            WorkerActorCritic,
            env,
            generator,
            learning_rate=settings.learning_rate,
            n_steps=settings.rollout_steps,
            batch_size=settings.rollout_steps * env.num_envs,
            n_epochs=settings.epochs,
            gamma=settings.discount,
            gae_lambda=settings.gae_lambda,
            clip_range=settings.clip,
            max_grad_norm=settings.max_gradient_norm,
            policy_kwargs={**networks, "generator": generator, "std": settings.initial_std},
            device=device,
        )

    @property
    def rate(self) -> float:
        """The learning rate."""
        return self.policy.optimizer.param_groups[0]["lr"]

    @rate.setter
    def rate(self, value: float) -> None:
        self.policy.optimizer.param_groups[0]["lr"] = value

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
        target = self.settings.target_kl
        if divergence > 2.0 * target:
            self.rate = max(_LEAST_RATE, self.rate / _RATE_FACTOR)
        elif divergence < 0.5 * target:
            self.rate = min(_GREATEST_RATE, self.rate * _RATE_FACTOR)

    def loss(self, batch: ActionSamples) -> tuple[Tensor, dict[str, Tensor]]:
        """Clipped surrogate, and errors of the value and of the estimate."""
        policy = self.policy
        mean, estimation_error = policy.mean_and_estimation_error(batch.observation)
        log_ratio = policy.log_probability(mean, batch.action) - batch.log_probability
        surrogate, parts = surrogate_loss(log_ratio, batch.advantage, self.settings.clip)
        values = policy.predict_values(batch.observation).flatten()
        value_loss = (values - batch.value_target).square().mean()
        parts |= {"value_loss": value_loss.detach(), "estimation_error": estimation_error.detach()}
        return surrogate + value_loss + estimation_error, parts

    def state(self) -> dict[str, Tensor]:
        """As the library's, and the learning rate."""
        return super().state() | {"rate": torch.tensor(self.rate, dtype=torch.float64)}

    def restore(self, state: dict[str, Tensor], observation: Tensor) -> None:
        """Go on from a saved state and the worlds' observations, (N, O)."""
        super().restore(state, observation)
        self.rate = float(state["rate"])
