"""How often a residual, or the base alone, succeeds on episodes kept for that."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from robolearn.environment import BatchedEnvironment
from robolearn.koopman.prediction_error import Trajectories
from robolearn.reinforcement.residual.residual_environment import Correction, ResidualLayout

SUCCESS_RATE = "validation/success_rate"


@dataclass(frozen=True)
class ValidationResult:
    """success_rate over the episodes, and mean steps of the successful ones (0 without any)."""

    success_rate: float
    success_steps: float

    def metrics(self) -> dict[str, float]:
        """Named for the log."""
        return {SUCCESS_RATE: self.success_rate, "validation/success_steps": self.success_steps}


class TrajectoryRecorder:
    """Keeps what the first worlds observed and executed in the first block of episodes."""

    def __init__(self, layout: ResidualLayout, worlds: int) -> None:
        """worlds: how many of them to keep, or all where there are fewer."""
        self._layout = layout
        self._worlds = worlds
        self._observations: list[Tensor] = []
        self._executed: list[Tensor] = []
        self._length: Tensor | None = None

    def add(self, view: Tensor, executed: Tensor) -> None:
        """One step: residual observations (N, C + A + 1) and normalised actions (N, A)."""
        if self._length is None:
            self._observations.append(self._layout.split(view)[0][: self._worlds].clone())
            self._executed.append(executed[: self._worlds])

    def end(self, length: Tensor) -> None:
        """The block is over; steps of each episode, (K,)."""
        if self._length is None:
            self._length = length[: self._worlds]

    def trajectories(self) -> Trajectories:
        """What was recorded, once the block is over."""
        assert self._length is not None
        kept = len(self._length)
        observation, executed = torch.stack(self._observations), torch.stack(self._executed)
        return Trajectories(observation[:, :kept], executed[:, :kept], self._length)


@torch.no_grad()
def validate(
    environment: BatchedEnvironment,
    correction: Correction,
    residual: Callable[[Tensor], Tensor],
    seeds: Tensor,
    recorder: TrajectoryRecorder | None = None,
) -> ValidationResult:
    """Run one episode of every seed, (K,) int64, with `residual` mapping (N, C + A + 1) to (N, A)."""
    successes, lengths = [], []
    for block in seeds.split(environment.num_envs):
        success, length = _run_block(environment, correction, residual, block, recorder)
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
    recorder: TrajectoryRecorder | None,
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
        correct = residual(view)
        if recorder is not None:
            recorder.add(view, correction.executed(view, correct))
        transition = environment.step(correction.action(view, correct))
        length += running
        success |= running & transition.success
        running &= ~transition.done
        observation = transition.observation
    if recorder is not None:
        recorder.end(length[:count])
    return success[:count], length[:count]
