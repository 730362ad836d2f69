"""Proximal policy optimisation of a residual, joined with the Koopman loss (KORR, A.1 and A.5)."""

from collections import defaultdict
from dataclasses import dataclass, fields

import numpy as np
import torch
from stable_baselines3.common.utils import explained_variance
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor, nn

from robolearn.policies.residual import ResidualActor
from robolearn.reinforcement.library_ppo import LibraryPPO
from robolearn.reinforcement.ppo_policy import ACTOR_GROUP, CRITIC_GROUP, ResidualActorCriticPolicy
from robolearn.reinforcement.residual_environment import ResidualLayout
from robolearn.reinforcement.settings import PpoOptimisation


@dataclass
class Samples:
    """Flattened rollout, M = steps x worlds.

    observation: (M, C + A + 1) residual observations
    next_observation: (M, C) contexts one step later; meaningless where `continues` is false
    continues: (M,) bool, the next observation belongs to the same episode
    residual: (M, A); executed: (M, A) normalised actions
    log_probability, advantage, value_target: (M,)
    """

    observation: Tensor
    next_observation: Tensor
    continues: Tensor
    residual: Tensor
    executed: Tensor
    log_probability: Tensor
    advantage: Tensor
    value_target: Tensor

    def take(self, rows: Tensor) -> "Samples":
        """The chosen rows, (K,) int64."""
        return Samples(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


class ResidualPPO(LibraryPPO):
    """PPO whose update has the Koopman loss and a learning rate for each of actor and critic."""

    policy: ResidualActorCriticPolicy  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        env: VecEnv,
        actor: ResidualActor,
        critic: nn.Module,
        layout: ResidualLayout,
        settings: PpoOptimisation,
        action_scale: float,
        generator: torch.Generator,
    ) -> None:
        """generator: where exploration noise and the order of samples come from."""
        self.settings = settings
        self.layout = layout
        self.action_scale = action_scale
        super().__init__(
            ResidualActorCriticPolicy,
            env,
            generator,
            learning_rate=settings.actor_learning_rate,
            n_steps=settings.rollout_steps,
            batch_size=settings.rollout_steps * env.num_envs,
            n_epochs=settings.epochs,
            gamma=settings.discount,
            gae_lambda=settings.gae_lambda,
            clip_range=settings.clip,
            max_grad_norm=settings.max_gradient_norm,
            policy_kwargs={
                "actor": actor,
                "critic": critic,
                "layout": layout,
                "noise_log_std": settings.noise_log_std,
                "generator": generator,
            },
            device="cpu",
        )

    def set_learning_rates(self, actor: float, critic: float) -> None:
        """Learning rates of the next `train`."""
        self.policy.optimizer.param_groups[ACTOR_GROUP]["lr"] = actor
        self.policy.optimizer.param_groups[CRITIC_GROUP]["lr"] = critic

    def samples(self) -> Samples:
        """The rollout buffer, flattened; next observations come from shifting it by one step."""
        buffer = self.rollout_buffer
        observation = torch.from_numpy(buffer.observations)
        residual = torch.from_numpy(buffer.actions)
        following = torch.cat([observation[1:], torch.as_tensor(self._last_obs)[None]])
        starts = np.concatenate([buffer.episode_starts[1:], np.asarray(self._last_episode_starts)[None]])
        return Samples(
            observation=observation.flatten(0, 1),
            next_observation=self.layout.split(following)[0].flatten(0, 1),
            continues=torch.from_numpy(starts == 0).flatten(),
            residual=residual.flatten(0, 1),
            executed=(self.layout.split(observation)[1] + self.action_scale * residual).flatten(0, 1),
            log_probability=torch.from_numpy(buffer.log_probs).flatten(),
            advantage=torch.from_numpy(buffer.advantages).flatten(),
            value_target=torch.from_numpy(buffer.returns).flatten(),
        )

    def train(self) -> None:
        """Update the networks from the rollout; leaves means over the minibatches in `metrics`."""
        self.policy.set_training_mode(True)
        samples = self.samples()
        sums: defaultdict[str, list[float]] = defaultdict(list)
        for _ in range(self.settings.epochs):
            if self._epoch(samples, sums):
                break
        values, targets = self.rollout_buffer.values.flatten(), self.rollout_buffer.returns.flatten()
        self.metrics = {f"ppo/{name}": float(np.mean(value)) for name, value in sums.items()}
        self.metrics["ppo/gradient_steps"] = float(len(sums["kl"]))
        self.metrics["ppo/explained_variance"] = float(explained_variance(values, targets))

    def _epoch(self, samples: Samples, sums: defaultdict[str, list[float]]) -> bool:
        """One pass over the samples; true when the policy has moved as far as it may."""
        count = len(samples.advantage)
        order = torch.randperm(count, generator=self.generator)
        for rows in order.split(self.settings.minibatch_size):
            loss, parts = self._loss(samples.take(rows))
            self.policy.optimizer.zero_grad()
            loss.backward()
            for group in self.policy.optimizer.param_groups:
                nn.utils.clip_grad_norm_(group["params"], self.settings.max_gradient_norm)
            self.policy.optimizer.step()
            for name, value in parts.items():
                sums[name].append(value)
            if parts["kl"] > self.settings.max_kl:
                return True
        return False

    def _loss(self, batch: Samples) -> tuple[Tensor, dict[str, float]]:
        """Clipped surrogate + 1/2 (V - R)^2 + Koopman loss, and its parts for the log (KORR, A.1)."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.settings.bfloat16):
            mean = self.policy.mean(batch.observation).float()
            koopman_loss = self._koopman_loss(batch).float()
        values = self.policy.predict_values(batch.observation)
        log_probability = self.policy.log_probability(mean, batch.residual)
        log_ratio = log_probability - batch.log_probability
        ratio = log_ratio.exp()
        advantage = (batch.advantage - batch.advantage.mean()) / (batch.advantage.std() + 1e-8)
        clip = self.settings.clip
        surrogate = -torch.min(advantage * ratio, advantage * ratio.clamp(1.0 - clip, 1.0 + clip)).mean()
        value_loss = 0.5 * (values.flatten() - batch.value_target).square().mean()
        with torch.no_grad():
            parts = {
                "kl": (ratio - 1.0 - log_ratio).mean().item(),
                "clip_fraction": ((ratio - 1.0).abs() > clip).float().mean().item(),
                "surrogate": surrogate.item(),
                "value_loss": value_loss.item(),
                "koopman_loss": koopman_loss.item(),
            }
        return surrogate + value_loss + self.settings.koopman_weight * koopman_loss, parts

    def _koopman_loss(self, batch: Samples) -> Tensor:
        """Error of the latent prediction where the next observation is of the same episode."""
        rows = batch.continues
        if self.settings.koopman_weight == 0.0 or not bool(rows.any()):
            return batch.advantage.new_zeros(())
        observation, _, _ = self.layout.split(batch.observation[rows])
        return self.policy.actor.koopman_loss(observation, batch.executed[rows], batch.next_observation[rows])
