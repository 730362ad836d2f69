"""Gradient steps of behaviour cloning: the denoising error on batches of chunks."""

import copy
from typing import ClassVar

import torch
from torch import Tensor, nn

from robolearn.data.chunks import ChunkSampler
from robolearn.data.demonstrations import Demonstrations
from robolearn.imitation.settings import BehaviourCloningSettings
from robolearn.policies.diffusion import DiffusionPolicy
from robolearn.training.schedules import falling, rising
from robolearn.training.state import entries_below, optimizer_state, set_optimizer_state
from robolearn.training.trainer import Trainer


class CloningTrainer(Trainer):
    """Trains a diffusion policy; `policy` is the one to measure and to save.

    It is the policy that learns, or with `average_decay` one whose weights follow it slowly.
    """

    counted: ClassVar[str] = "gradient_steps"

    def __init__(
        self, settings: BehaviourCloningSettings, policy: DiffusionPolicy, demonstrations: Demonstrations
    ) -> None:
        """demonstrations: normalised, on the policy's device."""
        self.settings = settings
        self.iteration = 0
        self.steps = 0
        self.learner = policy
        self.policy = copy.deepcopy(policy) if settings.optimisation.average_decay else policy
        optimisation = settings.optimisation
        self._optimizer = torch.optim.AdamW(
            policy.denoiser.parameters(),
            lr=optimisation.learning_rate,
            weight_decay=optimisation.weight_decay,
            fused=True,
        )
        self._sampler = ChunkSampler(
            demonstrations, optimisation.batch_size, settings.seed, settings.policy.prediction_horizon
        )
        self._weight = _weights(settings, demonstrations).to(policy.device)
        self._generator = torch.Generator().manual_seed(settings.seed)

    def start(self) -> None:
        """Nothing: training begins with the first iteration."""

    def iterate(self) -> dict[str, float]:
        """`steps_per_iteration` gradient steps, fewer where the budget ends."""
        count = min(self.settings.steps_per_iteration, self.settings.total_steps - self.steps)
        losses, norms = zip(*(self._step() for _ in range(count)), strict=True)
        self.iteration += 1
        return {
            "train/loss": float(torch.stack(losses).mean()),
            "train/gradient_norm": float(torch.stack(norms).mean()),
            "train/learning_rate": self._learning_rate(),
            "train/epochs": self.steps / self._sampler.batches_per_epoch,
        }

    def _learning_rate(self) -> float:
        optimisation = self.settings.optimisation
        share = self.steps / self.settings.total_steps
        factor = rising(self.steps + 1, optimisation.warmup_steps)
        return optimisation.learning_rate * factor * falling(share, optimisation.final_learning_rate)

    def _step(self) -> tuple[Tensor, Tensor]:
        """One gradient step; returns loss and gradient norm, scalars."""
        observation, chunk = next(self._sampler)
        step = torch.randint(
            self.settings.policy.noise.training_steps, (len(chunk),), generator=self._generator
        )
        noise = torch.randn(chunk.shape, generator=self._generator)
        step, noise = step.to(chunk.device), noise.to(chunk.device)
        loss = self.learner.loss(observation, chunk, step, noise, self._weight)
        self._optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(
            self.learner.denoiser.parameters(), self.settings.optimisation.max_gradient_norm
        )
        self._optimizer.param_groups[0]["lr"] = self._learning_rate()
        self._optimizer.step()
        self.steps += 1
        if self.policy is not self.learner:
            self._follow()
        return loss.detach(), norm

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the averaged weights; at first quickly, so that they forget where they began."""
        decay = min(self.settings.optimisation.average_decay, (1 + self.steps) / (10 + self.steps))
        averaged, learnt = self.policy.denoiser.parameters(), self.learner.denoiser.parameters()
        for moved, goal in zip(averaged, learnt, strict=True):
            moved.lerp_(goal, 1.0 - decay)

    def state(self) -> dict[str, Tensor]:
        """Counters, networks, optimiser and random state."""
        parts = {
            "learner": self.learner.denoiser.state_dict(),
            "average": {} if self.policy is self.learner else self.policy.denoiser.state_dict(),
            "optimizer": optimizer_state(self._optimizer),
            "sampler": self._sampler.state(),
        }
        state = {f"{part}.{name}": value for part, named in parts.items() for name, value in named.items()}
        counters = {"iteration": torch.tensor(self.iteration), "steps": torch.tensor(self.steps)}
        return state | counters | {"generator": self._generator.get_state()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from `state`."""
        self.iteration, self.steps = int(state["iteration"]), int(state["steps"])
        self.learner.denoiser.load_state_dict(entries_below("learner.", state))
        if self.policy is not self.learner:
            self.policy.denoiser.load_state_dict(entries_below("average.", state))
        set_optimizer_state(self._optimizer, entries_below("optimizer.", state))
        self._sampler.set_state(entries_below("sampler.", state))
        self._generator.set_state(state["generator"])


def _weights(settings: BehaviourCloningSettings, demonstrations: Demonstrations) -> Tensor:
    """Factors (H, A) of the squared errors, 1 in the mean."""
    optimisation = settings.optimisation
    weight = torch.ones(settings.policy.prediction_horizon, demonstrations.spec.action.size)
    weight[: optimisation.near_steps] *= optimisation.near_weight
    in_metres = torch.tensor([unit == "m" for unit in demonstrations.spec.action.units])
    weight[:, in_metres] *= optimisation.metre_weight
    return weight / weight.mean()
