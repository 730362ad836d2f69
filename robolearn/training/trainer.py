"""The contract between a learning algorithm and the session that runs it."""

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor


class Trainer(ABC):
    """A learner, one iteration at a time.

    counted: what `steps` are called in the log; "steps" are control steps of the environment
    iteration: iterations done
    steps: how much of the budget `total_steps` is done
    """

    counted: ClassVar[str] = "steps"
    iteration: int
    steps: int

    @abstractmethod
    def start(self) -> None:
        """Begin a new run."""

    @abstractmethod
    def iterate(self) -> dict[str, float]:
        """Learn some more; returns metrics, named for the log."""

    @abstractmethod
    def state(self) -> dict[str, Tensor]:
        """Everything that decides what the next iterations do."""

    @abstractmethod
    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, to the same bytes on the CPU."""
