"""How often a residual, or the base alone, succeeds on episodes kept for that."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from robolearn.environment import BatchedEnvironment
from robolearn.reinforcement.residual_environment import Correction


@dataclass(frozen=True)
class ValidationResult:
    """success_rate over the episodes, and mean steps of the successful ones (0 without any)."""

    success_rate: float
    success_steps: float

    def metrics(self) -> dict[str, float]:
        """Named for the log."""
        return {"validation/success_rate": self.success_rate, "validation/success_steps": self.success_steps}


@torch.no_grad()
def validate(
    environment: BatchedEnvironment,
    correction: Correction,
    residual: Callable[[Tensor], Tensor],
    seeds: Tensor,
) -> ValidationResult:
    """Run one episode of every seed, (K,) int64, with `residual` mapping (N, O + A + 1) to (N, A)."""
    successes, lengths = [], []
    for block in seeds.split(environment.num_envs):
        success, length = _run_block(environment, correction, residual, block)
        successes.append(success)
        lengths.append(length)
    success = torch.cat(successes)
    length = torch.cat(lengths)[success].float()
    return ValidationResult(success.float().mean().item(), length.mean().item() if len(length) else 0.0)


def _run_block(
    environment: BatchedEnvironment,
    correction: Correction,
    residual: Callable[[Tensor], Tensor],
    seeds: Tensor,
) -> tuple[Tensor, Tensor]:
    """Success (K,) and steps (K,) of at most one episode a world; spare worlds repeat the last seed."""
    count = len(seeds)
    padded = torch.cat([seeds, seeds[-1:].expand(environment.num_envs - count)])
    observation = environment.reset(padded)
    correction.base.reset(num_envs=environment.num_envs)
    success = torch.zeros(environment.num_envs, dtype=torch.bool)
    running = torch.ones(environment.num_envs, dtype=torch.bool)
    length = torch.zeros(environment.num_envs, dtype=torch.int64)
    while bool(running.any()):
        view = correction.observe(observation)
        transition = environment.step(correction.action(view, residual(view)))
        length += running
        success |= running & transition.success
        running &= ~transition.done
        observation = transition.observation
    return success[:count], length[:count]
