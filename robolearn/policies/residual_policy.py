"""A frozen base policy and the residual actor that corrects it, as one policy to evaluate and deploy."""

import torch
from torch import Tensor

from robolearn.policies.diffusion import DiffusionPolicy
from robolearn.policies.policy import Policy
from robolearn.policies.residual import ResidualActor


class ResidualPolicy(Policy):
    """Executes base + action_scale * mean residual, normalised by the base's statistics (KORR, A.4).

    The residual corrects every control step; the base plans in chunks. Without correction (a residual of
    zero) it acts exactly as its base.
    """

    def __init__(self, base: DiffusionPolicy, actor: ResidualActor, action_scale: float) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.actor = actor
        self.action_scale = action_scale

    def seed(self, seed: int) -> None:
        """Restart the base's random sequence."""
        self.base.seed(seed)

    def reset(self, env_ids: Tensor | None = None, num_envs: int | None = None) -> None:
        """See Policy.reset."""
        self.base.reset(env_ids, num_envs)

    @torch.no_grad()
    def act(self, observation: Tensor) -> Tensor:
        """See Policy.act."""
        base_action, _ = self.base.base_action(observation)
        residual = self.actor(self.base.context(observation.to(self.base.device)), base_action)
        return self.base.action_normaliser.unnormalise(base_action + self.action_scale * residual)
