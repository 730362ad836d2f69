"""The contract of residual learners."""

from abc import abstractmethod
from collections.abc import Callable

from torch import Tensor

from robolearn.policies.residual import ResidualActor
from robolearn.training.trainer import Trainer

Diagnosis = Callable[[Tensor], dict[str, float]]
"""How informative the actor's latent is on normalised observations (N, C): variance, rank, spectrum."""


class ResidualTrainer(Trainer):
    """A learner of residuals; `steps` are control steps of all worlds together.

    actor: the network that a checkpoint carries
    """

    actor: ResidualActor

    @abstractmethod
    def residual(self, view: Tensor) -> Tensor:
        """Deterministic residuals (N, A) at residual observations (N, C + A + 1)."""
