"""One recorded episode, and how it is kept in a file of its own."""

from dataclasses import dataclass
from typing import Self

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from robolearn.errors import UserError


@dataclass(frozen=True)
class Episode:
    """T control steps.

    observation: (T, O) float32, before each step, in the units of the task
    action: (T, A) float32, what the expert would do: what to imitate
    executed: (T, A) float32, what was done, which differs where the expert was perturbed
    reward: (T,) float32, of each step
    success: the task was done with the last step
    """

    observation: Tensor
    action: Tensor
    executed: Tensor
    reward: Tensor
    success: bool

    def __len__(self) -> int:
        return len(self.observation)

    def to_bytes(self) -> bytes:
        """As a safetensors file."""
        return save(
            {
                "observation": self.observation,
                "action": self.action,
                "executed": self.executed,
                "reward": self.reward,
                "success": torch.tensor(self.success),
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes, origin: str) -> Self:
        """From what `to_bytes` made. Raises UserError, which names `origin`, for anything else."""
        try:
            tensors = load(content)
            vectors = (tensors[name] for name in ("observation", "action", "executed", "reward"))
            return cls(*vectors, success=bool(tensors["success"]))
        except (SafetensorError, KeyError, ValueError) as error:
            raise UserError(f"{origin} is not a recorded episode: {str(error).splitlines()[0]}") from error
