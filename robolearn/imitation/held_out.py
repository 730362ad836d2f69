"""How well a diffusion policy fits episodes that it was not trained on."""

import torch
from torch import Tensor

from robolearn.data.chunks import ActionWindows
from robolearn.data.demonstrations import Demonstrations
from robolearn.policies.diffusion import DiffusionPolicy

SAMPLES = 2048
"""Steps measured, spread evenly over the episodes; all of them where there are fewer."""

REPETITIONS = 4
"""Noises drawn for each of them: the denoising error of one alone is a rough estimate."""


class HeldOut:
    """Measures a policy on the same samples and the same noise each time."""

    def __init__(self, policy: DiffusionPolicy, demonstrations: Demonstrations, seed: int) -> None:
        """demonstrations: normalised, on the policy's device; measured as the policy is at each call."""
        self._policy = policy
        self._seed = seed
        windows = ActionWindows(demonstrations, policy.settings.prediction_horizon)
        count = min(SAMPLES, len(windows))
        chosen = torch.linspace(0, len(windows) - 1, count, dtype=torch.float64).round().long()
        self._observation, self._chunk = windows.batch(chosen.to(policy.device))

    @torch.no_grad()
    def measure(self) -> dict[str, float]:
        """Denoising error, and the error of what would be carried out (root mean square, normalised)."""
        executed = self._policy.settings.execution_horizon
        self._policy.seed(self._seed)
        difference = (self._policy.sample(self._observation) - self._chunk)[:, :executed]
        return {
            "validation/loss": float(self._loss()),
            "validation/action_error": float(difference.square().mean().sqrt()),
        }

    def _loss(self) -> Tensor:
        """Mean over `REPETITIONS` draws, each with diffusion steps spread evenly."""
        generator = torch.Generator().manual_seed(self._seed)
        total = self._policy.settings.noise.training_steps
        losses = []
        for _ in range(REPETITIONS):
            step = torch.randperm(len(self._chunk), generator=generator) % total
            noise = torch.randn(self._chunk.shape, generator=generator)
            losses.append(
                self._policy.loss(
                    self._observation, self._chunk, step.to(self._chunk.device), noise.to(self._chunk.device)
                )
            )
        return torch.stack(losses).mean()
