"""PPO of the worker: a critic that knows more, and an actor that estimates some of it."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from stable_baselines3.common.type_aliases import PyTorchObs
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor

from robolearn.policies.worker.estimating import EstimatingActor
from robolearn.reinforcement.gaussian_ppo import ActionSamples, GaussianActorCritic, GaussianPPO
from robolearn.reinforcement.settings import WorkerOptimisation


class WorkerActorCritic(GaussianActorCritic):
    """An actor that sees the first entries of an observation, and a critic that sees the others."""

    actor: EstimatingActor
    _estimated: Tensor

    def __init__(
        self, *spaces_and_schedule: Any, actor_size: int, estimated_places: Sequence[int], **networks: Any
    ) -> None:
        """actor_size: entries of an observation that the actor sees, the first ones.

        estimated_places: of the entries that it estimates
        """
        super().__init__(*spaces_and_schedule, **networks)
        self._actor_size = actor_size
        self.register_buffer("_estimated", torch.tensor(estimated_places), persistent=False)
        self.begin_update()

    def begin_update(self) -> None:
        """From now on the actor is improved for the estimates that it acted on.

        What the estimator learns meanwhile moves the actions, too: counted as steps of the policy, it is most
        of the divergence, and the learning rate that follows that falls.
        """
        # In a tuple, so that it is no part of what is optimised and saved.
        self._acted_with = (copy.deepcopy(self.actor.estimator),)

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
        error = (self.actor.estimate(frames) - obs[:, self._estimated]).square().mean()
        with torch.no_grad():
            acted_on = self._acted_with[0](frames)
        return self.actor.act(frames, acted_on), error


class WorkerPPO(GaussianPPO):
    """PPO whose update also teaches the estimator."""

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
        super().__init__(WorkerActorCritic, env, settings, generator, device, **networks)

    def train(self) -> None:
        """As the library's, of an actor that the estimator's learning does not touch."""
        self.policy.begin_update()
        super().train()

    def loss(self, batch: ActionSamples) -> tuple[Tensor, dict[str, Tensor]]:
        """Clipped surrogate, and errors of the value and of the estimate."""
        mean, estimation_error = self.policy.mean_and_estimation_error(batch.observation)
        loss, parts = self.loss_around(mean, batch)
        return loss + estimation_error, parts | {"estimation_error": estimation_error.detach()}
