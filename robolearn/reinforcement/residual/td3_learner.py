"""Twin-delayed deterministic policy gradient for a residual, with a RED-Q ensemble.

The recipe of ResFiT (arXiv 2509.19301) for batched worlds and states: n-step returns, the least of
two random target heads, the actor on the mean of all heads. Unlike it, every head has its own squared
error, and the critic also sees the base's action and chunk phase.
"""

import copy

import torch
from torch import Tensor, nn

from robolearn.policies.residual import ResidualActor
from robolearn.reinforcement.residual.ensemble import EnsembleCritic
from robolearn.reinforcement.residual.replay import NStepBatch
from robolearn.reinforcement.residual.residual_environment import ResidualLayout
from robolearn.reinforcement.residual.settings import Td3Optimisation
from robolearn.training.state import entries_below, optimizer_state, set_optimizer_state


class Td3Learner:
    """Networks, targets and optimisers; `update_critic` and `update_actor` are one gradient step each."""

    def __init__(
        self,
        actor: ResidualActor,
        layout: ResidualLayout,
        settings: Td3Optimisation,
        action_scale: float,
        generator: torch.Generator,
    ) -> None:
        """actor: maps (normalised observation, normalised base action) to residuals within [-1, 1]."""
        self.layout = layout
        self.settings = settings
        self.action_scale = action_scale
        self.generator = generator
        self.actor = actor
        self.critic = EnsembleCritic(settings.heads, layout.size, layout.action_size, settings.hidden_size)
        self.actor_target = copy.deepcopy(actor).requires_grad_(False)
        self.critic_target = copy.deepcopy(self.critic).requires_grad_(False)
        self.actor_optimizer = torch.optim.AdamW(actor.parameters(), lr=settings.actor_learning_rate)
        self.critic_optimizer = torch.optim.AdamW(self.critic.parameters(), lr=settings.critic_learning_rate)

    def residual(self, view: Tensor) -> Tensor:
        """Deterministic residuals (N, A) at residual observations (N, C + A + 1)."""
        return self._residual(self.actor, view)

    def _residual(self, actor: ResidualActor, view: Tensor) -> Tensor:
        observation, base_action, _ = self.layout.split(view)
        return actor(observation, base_action)

    def executed(self, view: Tensor, residual: Tensor) -> Tensor:
        """Normalised actions (N, A) that residuals (N, A) execute."""
        return self.layout.split(view)[1] + self.action_scale * residual

    def noisy(self, residual: Tensor, deviation: float, limit: float) -> Tensor:
        """Residuals plus Gaussian noise clipped at `limit`, kept within [-1, 1]."""
        noise = deviation * torch.randn(residual.shape, generator=self.generator)
        return (residual + noise.clamp(-limit, limit)).clamp(-1.0, 1.0)

    def update_critic(self, batch: NStepBatch) -> dict[str, float]:
        """One gradient step of all heads towards their n-step targets, then move the critic's target."""
        target = self._target(batch)
        values = self.critic(batch.observation, batch.executed)
        loss = (values - target).square().mean(dim=1).sum()
        _descend(self.critic_optimizer, loss, self.settings.max_gradient_norm)
        _follow(self.critic_target, self.critic, self.settings.target_rate)
        return {"critic_loss": loss.item() / self.settings.heads, "target": target.mean().item()}

    @torch.no_grad()
    def _target(self, batch: NStepBatch) -> Tensor:
        """Reward and discounted value where the n steps end, (B,): least of two target heads."""
        settings = self.settings
        residual = self._residual(self.actor_target, batch.bootstrap)
        smoothed = self.noisy(residual, settings.smoothing_noise, settings.smoothing_limit)
        heads = torch.randperm(settings.heads, generator=self.generator)[: settings.target_heads]
        values = self.critic_target(batch.bootstrap, self.executed(batch.bootstrap, smoothed))
        return batch.reward + batch.discount * values[heads].amin(dim=0)

    def update_actor(self, batch: NStepBatch) -> dict[str, float]:
        """One gradient step on the mean value of all heads and the Koopman loss, then move the target."""
        residual = self.residual(batch.observation)
        value = self.critic(batch.observation, self.executed(batch.observation, residual)).mean()
        loss = -value
        metrics = {"value": value.item(), "residual_size": residual.abs().mean().item()}
        metrics["saturated"] = (residual.abs() > 0.95).float().mean().item()
        if self.settings.koopman_weight > 0.0:
            koopman_loss = self._koopman_loss(batch)
            loss = loss + self.settings.koopman_weight * koopman_loss
            metrics["koopman_loss"] = koopman_loss.item()
        _descend(self.actor_optimizer, loss, self.settings.max_gradient_norm)
        _follow(self.actor_target, self.actor, self.settings.target_rate)
        return metrics

    def _koopman_loss(self, batch: NStepBatch) -> Tensor:
        observation, _, _ = self.layout.split(batch.observation)
        following, _, _ = self.layout.split(batch.next_observation)
        return self.actor.koopman_loss(observation, batch.executed, following)

    def _modules(self) -> dict[str, nn.Module]:
        return {
            "actor": self.actor,
            "critic": self.critic,
            "actor_target": self.actor_target,
            "critic_target": self.critic_target,
        }

    def state(self) -> dict[str, Tensor]:
        """Networks, targets, optimisers and random state."""
        state = {
            f"{part}.{name}": value
            for part, module in self._modules().items()
            for name, value in module.state_dict().items()
        }
        for part, optimizer in (("actor", self.actor_optimizer), ("critic", self.critic_optimizer)):
            state |= {f"{part}_optimizer.{name}": value for name, value in optimizer_state(optimizer).items()}
        return state | {"generator": self.generator.get_state()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Put back what `state` gave."""
        for part, module in self._modules().items():
            module.load_state_dict(entries_below(f"{part}.", state))
        set_optimizer_state(self.actor_optimizer, entries_below("actor_optimizer.", state))
        set_optimizer_state(self.critic_optimizer, entries_below("critic_optimizer.", state))
        self.generator.set_state(state["generator"])


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor, max_gradient_norm: float) -> None:
    """One step against the gradient of `loss`, which may also reach other parameters."""
    optimizer.zero_grad()
    loss.backward()
    for group in optimizer.param_groups:
        nn.utils.clip_grad_norm_(group["params"], max_gradient_norm)
    optimizer.step()


@torch.no_grad()
def _follow(target: nn.Module, source: nn.Module, rate: float) -> None:
    """Move the target's parameters a share `rate` of the way to the source's."""
    for moved, goal in zip(target.parameters(), source.parameters(), strict=True):
        moved.lerp_(goal, rate)
