"""Proximal policy optimisation of a residual, joined with the Koopman loss (KORR, A.1 and A.5)."""

from dataclasses import dataclass

import numpy as np
import torch
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor, nn

from robolearn.policies.residual import ResidualActor
from robolearn.reinforcement.library_ppo import LibraryPPO, Samples, surrogate_loss
from robolearn.reinforcement.residual.ppo_policy import ACTOR_GROUP, CRITIC_GROUP, ResidualActorCriticPolicy
from robolearn.reinforcement.residual.residual_environment import ResidualLayout
from robolearn.reinforcement.residual.settings import ResidualPpoOptimisation


@dataclass
class ResidualSamples(Samples):
    """Of residual observations (M, C + A + 1).

    next_observation: (M, C) contexts one step later; meaningless where `continues` is false
    continues: (M,) bool, the next observation belongs to the same episode
    residual: (M, A); executed: (M, A) normalised actions
    """

    next_observation: Tensor
    continues: Tensor
    residual: Tensor
    executed: Tensor


class ResidualPPO(LibraryPPO):
    """PPO whose update has the Koopman loss and a learning rate for each of actor and critic."""

    policy: ResidualActorCriticPolicy  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        env: VecEnv,
        actor: ResidualActor,
        critic: nn.Module,
        layout: ResidualLayout,
        settings: ResidualPpoOptimisation,
        action_scale: float,
        generator: torch.Generator,
    ) -> None:
        """generator: where exploration noise and the order of samples come from."""
        self.settings = settings
        self.max_kl = settings.max_kl
        self.layout = layout
        self.action_scale = action_scale
        super().__init__(
            ResidualActorCriticPolicy,
            env,
            settings,
            settings.actor_learning_rate,
            generator,
            actor=actor,
            critic=critic,
            layout=layout,
            noise_log_std=settings.noise_log_std,
        )

    def set_learning_rates(self, actor: float, critic: float) -> None:
        """Learning rates of the next `train`."""
        self.policy.optimizer.param_groups[ACTOR_GROUP]["lr"] = actor
        self.policy.optimizer.param_groups[CRITIC_GROUP]["lr"] = critic

    def samples(self) -> ResidualSamples:
        """The rollout buffer, flattened; next observations come from shifting it by one step."""
        buffer = self.rollout_buffer
        observation = torch.from_numpy(buffer.observations)
        residual = torch.from_numpy(buffer.actions)
        following = torch.cat([observation[1:], torch.as_tensor(self._last_obs)[None]])
        starts = np.concatenate([buffer.episode_starts[1:], np.asarray(self._last_episode_starts)[None]])
        return ResidualSamples(
            observation=observation.flatten(0, 1),
            next_observation=self.layout.split(following)[0].flatten(0, 1),
            continues=torch.from_numpy(starts == 0).flatten(),
            residual=residual.flatten(0, 1),
            executed=(self.layout.split(observation)[1] + self.action_scale * residual).flatten(0, 1),
            log_probability=torch.from_numpy(buffer.log_probs).flatten(),
            advantage=torch.from_numpy(buffer.advantages).flatten(),
            value_target=torch.from_numpy(buffer.returns).flatten(),
        )

    def loss(self, batch: ResidualSamples) -> tuple[Tensor, dict[str, Tensor]]:
        """Clipped surrogate + 1/2 (V - R)^2 + Koopman loss (KORR, A.1)."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.settings.bfloat16):
            mean = self.policy.mean(batch.observation).float()
            koopman_loss = self._koopman_loss(batch).float()
        values = self.policy.predict_values(batch.observation)
        log_ratio = self.policy.log_probability(mean, batch.residual) - batch.log_probability
        advantage = (batch.advantage - batch.advantage.mean()) / (batch.advantage.std() + 1e-8)
        surrogate, parts = surrogate_loss(log_ratio, advantage, self.settings.clip)
        value_loss = 0.5 * (values.flatten() - batch.value_target).square().mean()
        parts |= {"value_loss": value_loss.detach(), "koopman_loss": koopman_loss.detach()}
        return surrogate + value_loss + self.settings.koopman_weight * koopman_loss, parts

    def _koopman_loss(self, batch: ResidualSamples) -> Tensor:
        """Error of the latent prediction where the next observation is of the same episode."""
        rows = batch.continues
        if self.settings.koopman_weight == 0.0 or not bool(rows.any()):
            return batch.advantage.new_zeros(())
        observation, _, _ = self.layout.split(batch.observation[rows])
        return self.policy.actor.koopman_loss(observation, batch.executed[rows], batch.next_observation[rows])
