"""One iteration of online DAgger: the student acts, the teacher labels, the student regresses."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from robolearn.imitation.aggregate import Aggregate
from robolearn.imitation.settings import DaggerOptimisation
from robolearn.policies.manager.manager_policy import ManagerPolicy
from robolearn.reinforcement.episodes import AutoResetEnvironment
from robolearn.training.state import entries_below, optimizer_state, set_optimizer_state
from robolearn.training.trainer import Trainer

METHODS = ("harmonised", "dagger", "cloning")


class DaggerTrainer(Trainer):
    """Teaches a manager on episodes that restart by themselves."""

    def __init__(
        self,
        settings: DaggerOptimisation,
        seed: int,
        episodes: AutoResetEnvironment,
        policy: ManagerPolicy,
        teacher: Callable[[], Tensor],
    ) -> None:
        """teacher: commands (N, 4) for the episodes' present states."""
        self.settings, self.episodes = settings, episodes
        self.policy, self.teacher = policy, teacher
        self.iteration = 0
        self.steps = 0
        self._optimizer = torch.optim.Adam(policy.network.parameters(), lr=settings.learning_rate)
        self._generator = torch.Generator().manual_seed(seed)
        width = policy.spec.observation.size * len(policy.config.lags)
        self._aggregate = Aggregate(width, policy.spec.action.size)
        self._observation = torch.zeros(0)
        policy.reset(num_envs=episodes.num_envs)

    def start(self) -> None:
        """Begin an episode in every world."""
        self._observation = self.episodes.start()

    def iterate(self) -> dict[str, float]:
        """One rollout, and the regressions that are due."""
        settings = self.settings
        frames, labels, distance = self._rollout()
        self.iteration += 1
        self.steps += len(labels)
        losses = []
        if settings.method == "harmonised":
            size = -(-len(labels) // settings.minibatches)
            newest = Aggregate(frames.shape[1], labels.shape[1])
            newest.append(frames, labels)
            for _ in range(settings.epochs):
                losses += self._regress(newest.batches(size, self._generator))
        every = settings.aggregate_every if settings.method == "harmonised" else 1
        if self.iteration % every == 0:
            self._keep(frames, labels)
            for _ in range(settings.epochs if every > 1 else 1):
                losses += self._regress(self._aggregate.batches(settings.aggregate_batch, self._generator))
        tally = self.episodes.take_tally().metrics()
        parts = {
            "dagger/loss": float(torch.stack(losses).mean()),
            "dagger/samples": float(len(self._aggregate)),
        }
        return tally | parts | {"dagger/distance": distance}

    @torch.no_grad()
    def _rollout(self) -> tuple[Tensor, Tensor, float]:
        """Frames (M, F) and labels (M, 4) of a rollout, and how far the student was from its teacher."""
        frames, labels, distances = [], [], []
        for _ in range(self.settings.rollout_steps):
            frame = self.policy.remember(self._observation)
            label = self.policy.normalised(self.teacher())
            output = self.policy(frame)
            chosen = label if self.settings.method == "cloning" else output
            step = self.episodes.step(self.policy.command(chosen))
            self._observation = step.observation
            if bool(step.done.any()):
                self.policy.reset(step.done.nonzero().squeeze(1))
            frames.append(frame)
            labels.append(label)
            distances.append((output - label).square().mean())
        return torch.cat(frames), torch.cat(labels), float(torch.stack(distances).mean())

    def _keep(self, frames: Tensor, labels: Tensor) -> None:
        count = min(self.settings.aggregate_samples, len(labels))
        rows = torch.randperm(len(labels), generator=self._generator)[:count]
        self._aggregate.append(frames[rows], labels[rows])

    def _regress(self, batches: Iterable[tuple[Tensor, Tensor]]) -> list[Tensor]:
        """Losses of a gradient step on each of the batches."""
        losses = []
        for frames, labels in batches:
            loss = (self.policy(frames) - labels).square().sum(1).mean()
            self._optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.policy.network.parameters(), self.settings.max_gradient_norm)
            self._optimizer.step()
            losses.append(loss.detach())
        return losses

    def state(self) -> dict[str, Tensor]:
        """Counters, network, optimiser, aggregate, random state and episodes."""
        return {
            "iteration": torch.tensor(self.iteration),
            "steps": torch.tensor(self.steps),
            "generator": self._generator.get_state(),
            "aggregate.inputs": self._aggregate.inputs,
            "aggregate.labels": self._aggregate.labels,
            **{f"memory.{name}": value for name, value in self.policy.memory.state().items()},
            **{f"policy.{name}": value for name, value in self.policy.state_dict().items()},
            **{f"optimizer.{name}": value for name, value in optimizer_state(self._optimizer).items()},
            **{f"episodes.{name}": value for name, value in self.episodes.state().items()},
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from `state`."""
        self.iteration, self.steps = int(state["iteration"]), int(state["steps"])
        self._generator.set_state(state["generator"])
        self._aggregate.inputs = state["aggregate.inputs"]
        self._aggregate.labels = state["aggregate.labels"]
        self.policy.load_state_dict(entries_below("policy.", state))
        set_optimizer_state(self._optimizer, entries_below("optimizer.", state))
        self._observation = self.episodes.restore(entries_below("episodes.", state))
        self.policy.memory.put_back(entries_below("memory.", state))
