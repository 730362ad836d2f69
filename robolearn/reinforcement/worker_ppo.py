"""PPO of the worker: a critic that knows more, and an actor that estimates some of it."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from stable_baselines3.common.type_aliases import PyTorchObs
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor, nn

from robolearn.policies.worker.estimating import EstimatingActor
from robolearn.reinforcement.gaussian_ppo import ActionSamples, GaussianActorCritic, GaussianPPO
from robolearn.reinforcement.settings import WorkerOptimisation


class WorkerActorCritic(GaussianActorCritic):
    """An actor that sees the first entries of an observation, and a critic that sees the others."""

    actor: EstimatingActor
    walking_std: float
    _estimated: Tensor
    _weights: Tensor

    def __init__(
        self,
        *spaces_and_schedule: Any,
        actor_size: int,
        estimated_places: Sequence[int],
        clock_places: Sequence[int],
        estimate_weights: Sequence[float],
        critic_rate: float,
        estimator_rate: float,
        **networks: Any,
    ) -> None:
        """actor_size: entries of an observation that the actor sees, the first ones.

        estimated_places, clock_places: of the entries that it estimates, and of the gait clock
        estimate_weights: of the squared errors of what it estimates
        critic_rate, estimator_rate: learning rates, which the divergence does not bound
        """
        super().__init__(*spaces_and_schedule, **networks)
        # Of each its own: what the critic learns from a fall must not shorten the actor's gradient.
        self.optimizer.param_groups.clear()
        self.optimizer.add_param_group({"params": list(self.actor.actor.parameters())})
        self.optimizer.add_param_group({"params": list(self.critic.parameters()), "lr": critic_rate})
        self.optimizer.add_param_group(
            {"params": list(self.actor.estimator.parameters()), "lr": estimator_rate}
        )
        self._actor_size = actor_size
        self._clock = list(clock_places)
        self.register_buffer("_weights", torch.tensor(estimate_weights), persistent=False)
        self.walking_std = self.std
        self.register_buffer("_estimated", torch.tensor(estimated_places), persistent=False)
        self.begin_update()

    def begin_update(self) -> None:
        """From now on the actor is improved for the estimates that it acted on.

        What the estimator learns meanwhile moves the actions, too: counted as steps of the policy, it is most
        of the divergence, and the learning rate that follows that falls.
        """
        # In a tuple, so that it is no part of what is optimised and saved.
        self._acted_with = (copy.deepcopy(self.actor.estimator),)

    def spread(self, obs: Tensor) -> Tensor:
        """Wider while the gait clock runs."""
        walks = (obs[:, self._clock] != 0.0).any(1, keepdim=True)
        return torch.where(walks, self.walking_std, self.std)

    def predict_values(self, obs: PyTorchObs) -> Tensor:
        """Values (N, 1) of observations (N, O)."""
        assert isinstance(obs, Tensor)
        return self.critic(obs[:, self._actor_size :])

    def mean(self, obs: Tensor) -> Tensor:
        """Mean actions (N, A) at observations (N, O)."""
        return self.actor(obs[:, : self._actor_size])

    def mean_and_estimation_error(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        """Mean actions (N, A), and the weighted mean squared error of what they were estimated from."""
        frames = obs[:, : self._actor_size]
        errors = (self.actor.estimate(frames) - obs[:, self._estimated]).square()
        error = (self._weights * errors).mean()
        with torch.no_grad():
            acted_on = self._acted_with[0](frames)
        return self.actor.act(frames, acted_on), error


class WorkerPPO(GaussianPPO):
    """PPO whose update also teaches the estimator."""

    policy: WorkerActorCritic  # pyright: ignore[reportIncompatibleVariableOverride]
    settings: WorkerOptimisation  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        env: VecEnv,
        settings: WorkerOptimisation,
        generator: torch.Generator,
        device: torch.device,
        **networks: Any,
    ) -> None:
        """device: that the networks are moved to and learn on; networks: of `WorkerActorCritic`."""
        super().__init__(
            WorkerActorCritic,
            env,
            settings,
            generator,
            device,
            critic_rate=settings.critic_learning_rate,
            estimator_rate=settings.estimator_learning_rate,
            **networks,
        )

    @property
    def acting(self) -> nn.Module:
        """See GaussianPPO: the estimator learns from the beginning."""
        return self.policy.actor.actor

    def narrow(self, share: float) -> None:
        """See GaussianPPO."""
        super().narrow(share)
        self.policy.walking_std = (
            self.settings.initial_std ** (1.0 - share) * self.settings.walking_std**share
        )

    def train(self) -> None:
        """As the library's, of an actor that the estimator's learning does not touch."""
        self.policy.begin_update()
        super().train()

    def loss(self, batch: ActionSamples) -> tuple[Tensor, dict[str, Tensor]]:
        """Clipped surrogate, and errors of the value and of the estimate."""
        mean, estimation_error = self.policy.mean_and_estimation_error(batch.observation)
        loss, parts = self.loss_around(mean, batch)
        return loss + estimation_error, parts | {"estimation_error": estimation_error.detach()}
