"""PPO of the worker: a critic that knows more, and an actor that estimates some of it."""

from collections.abc import Sequence
from typing import Any

import torch
from stable_baselines3.common.type_aliases import PyTorchObs
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor, nn

from robolearn.policies.worker.estimating import EstimatingActor
from robolearn.reinforcement.gaussian_ppo import ActionSamples, GaussianActorCritic, GaussianPPO
from robolearn.reinforcement.worker.settings import WorkerOptimisation


class WorkerActorCritic(GaussianActorCritic):
    """An actor of split frames and an estimate, first in an observation, and a critic of the rest."""

    actor: EstimatingActor
    walking_std: float
    _estimated: Tensor
    _weights: Tensor

    def __init__(
        self,
        *spaces_and_schedule: Any,
        frames_size: int,
        estimated_places: Sequence[int],
        clock_places: Sequence[int],
        estimate_weights: Sequence[float],
        critic_rate: float,
        estimator_rate: float,
        **networks: Any,
    ) -> None:
        """frames_size: entries of an observation that are the actor's split frames; its estimate follows.

        estimated_places: of the entries that it estimates
        clock_places: of the gait clock, in the critic's frame
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
        self._frames = slice(0, frames_size)
        self._estimate = slice(frames_size, frames_size + len(estimated_places))
        self._clock = [self._estimate.stop + place for place in clock_places]
        self.register_buffer("_weights", torch.tensor(estimate_weights), persistent=False)
        self.walking_std = self.std
        self.register_buffer("_estimated", torch.tensor(estimated_places), persistent=False)

    def spread(self, obs: Tensor) -> Tensor:
        """Wider while the gait clock runs."""
        walks = (obs[:, self._clock] != 0.0).any(1, keepdim=True)
        return torch.where(walks, self.walking_std, self.std)

    def predict_values(self, obs: PyTorchObs) -> Tensor:
        """Values (N, 1) of observations (N, O)."""
        assert isinstance(obs, Tensor)
        return self.critic(obs[:, self._estimate.stop :])

    def mean(self, obs: Tensor) -> Tensor:
        """Mean actions (N, A) at observations (N, O), with the estimates that they hold.

        What the estimator learns meanwhile would move the actions, too: counted as steps of the policy, it is
        most of the divergence, and the learning rate that follows that falls.
        """
        return self.actor.act(obs[:, self._frames], obs[:, self._estimate])

    def estimation_error(self, obs: Tensor) -> Tensor:
        """The weighted mean squared error of what is estimated at observations (N, O)."""
        errors = (self.actor.estimate(obs[:, self._frames]) - obs[:, self._estimated]).square()
        return (self._weights * errors).mean()


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
        first, last = self.settings.initial_std, self.settings.walking_std
        self.policy.walking_std = first ** (1.0 - share) * last**share

    def loss(self, batch: ActionSamples) -> tuple[Tensor, dict[str, Tensor]]:
        """Clipped surrogate, and errors of the value and of the estimate."""
        loss, parts = super().loss(batch)
        error = self.policy.estimation_error(batch.observation)
        return loss + error, parts | {"estimation_error": error.detach()}
