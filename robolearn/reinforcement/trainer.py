"""The contract between a learning algorithm and the session that runs it."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from torch import Tensor, nn

Diagnosis = Callable[[Tensor], dict[str, float]]
"""How informative the actor's latent is on normalised observations (N, O): variance, rank, spectrum."""


class Trainer(ABC):
    """A residual learner, one iteration at a time.

    iteration: iterations done
    steps: control steps of all worlds together
    actor: the network that a checkpoint carries
    """

    iteration: int
    steps: int
    actor: nn.Module

    @abstractmethod
    def start(self) -> None:
        """Begin a new run."""

    @abstractmethod
    def iterate(self) -> dict[str, float]:
        """Gather experience and learn from it; returns metrics, named for the log."""

    @abstractmethod
    def residual(self, view: Tensor) -> Tensor:
        """Deterministic residuals (N, A) at residual observations (N, O + A + 1)."""

    @abstractmethod
    def state(self) -> dict[str, Tensor]:
        """Everything that decides what the next iterations do."""

    @abstractmethod
    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, to the same bytes on the CPU."""
