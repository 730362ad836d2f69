"""The contract of everything that acts: evaluation, recording and deployment know only this."""

from abc import abstractmethod

from torch import Tensor, nn

NORMALISED_LIMIT = 3.0
"""Networks see normalised observations clamped to this on both sides (KORR, A.4)."""


class Policy(nn.Module):
    """A controller for a batch of worlds that may remember something per world (queued actions)."""

    @abstractmethod
    def reset(self, env_ids: Tensor | None = None, num_envs: int | None = None) -> None:
        """Forget what is remembered of the named worlds, (K,) int64, or of all.

        num_envs: the batch's size; required the first time and whenever it changes
        """

    @abstractmethod
    def act(self, observation: Tensor) -> Tensor:
        """Actions, (N, A) float32, in the task's units, for raw observations, (N, O)."""
