"""One iteration of off-policy residual learning: act a while, learn after every step of the batch."""

from collections import defaultdict

import torch
from torch import Tensor

from robolearn.policies.residual import ResidualActor
from robolearn.reinforcement.residual.replay import NStepBatch, Replay
from robolearn.reinforcement.residual.residual_environment import ResidualEnvironment
from robolearn.reinforcement.residual.settings import ResidualTd3Settings
from robolearn.reinforcement.residual.td3_learner import Td3Learner
from robolearn.reinforcement.residual.trainer import Diagnosis, ResidualTrainer
from robolearn.training.initial_weights import drawn_from
from robolearn.training.state import entries_below


class Td3Trainer(ResidualTrainer):
    """TD3 with an ensemble on a residual environment, half of every batch from demonstrations.

    First the base acts, half of the worlds with uniform noise; then only the critic learns; then both,
    because an untrained critic would pull the actor away from the base at once.
    """

    def __init__(
        self,
        settings: ResidualTd3Settings,
        worlds: ResidualEnvironment,
        actor: ResidualActor,
        demonstrations: Replay | None,
        diagnose: Diagnosis,
    ) -> None:
        self.settings = settings
        self.worlds = worlds
        self.actor = actor
        self._diagnose = diagnose
        self.iteration = 0
        self.steps = 0
        self.updates = 0
        self._demonstrations = demonstrations
        layout = worlds.correction.layout
        self._generator = torch.Generator().manual_seed(settings.seed)
        with drawn_from(settings.seed):
            self.learner = Td3Learner(actor, layout, settings.td3, settings.action_scale, self._generator)
        rows = max(1, settings.td3.capacity // worlds.num_envs)
        self.replay = Replay(rows, worlds.num_envs, layout.size, layout.action_size)

    def start(self) -> None:
        """Begin a first episode in every world."""
        self.worlds.start()

    def iterate(self) -> dict[str, float]:
        """`steps_per_iteration` steps of the batch, each followed by its share of updates."""
        sums: defaultdict[str, list[float]] = defaultdict(list)
        updates_before = self.updates
        for _ in range(self.settings.steps_per_iteration):
            self._act()
            if self.steps >= self.settings.td3.warmup_steps:
                self._learn(sums)
        self.iteration += 1
        metrics = {f"td3/{name}": sum(values) / len(values) for name, values in sums.items()}
        transitions = self.settings.steps_per_iteration * self.worlds.num_envs
        metrics["td3/updates_per_transition"] = (self.updates - updates_before) / transitions
        observation = self.worlds.correction.layout.split(self.worlds.observation)[0]
        return {**self.worlds.take_tally().metrics(), **metrics, **self._diagnose(observation)}

    @torch.no_grad()
    def _act(self) -> None:
        view = self.worlds.observation
        if self.steps < self.settings.td3.warmup_steps:
            residual = self._warmup_residual()
        else:
            noise = self.settings.td3.exploration_noise
            residual = self.learner.noisy(self.learner.residual(view), noise, limit=1.0)
        executed = self.worlds.correction.executed(view, residual)
        self.replay.add(view, executed, self.worlds.step(residual))
        self.steps += self.worlds.num_envs

    def _warmup_residual(self) -> Tensor:
        """Zero in the even worlds, uniform in the odd ones, (N, A)."""
        shape = (self.worlds.num_envs, self.worlds.action_size)
        residual = self.settings.td3.warmup_noise * (2.0 * torch.rand(shape, generator=self._generator) - 1.0)
        residual[::2] = 0.0
        return residual

    def _learn(self, sums: defaultdict[str, list[float]]) -> None:
        td3 = self.settings.td3
        count = td3.updates_per_step if self.updates >= td3.warmup_updates else td3.warmup_updates
        for _ in range(count):
            batch = self._sample()
            metrics = self.learner.update_critic(batch)
            self.updates += 1
            if self.updates > td3.warmup_updates and self.updates % td3.actor_every == 0:
                metrics |= self.learner.update_actor(batch)
            for name, value in metrics.items():
                sums[name].append(value)

    def _sample(self) -> NStepBatch:
        td3 = self.settings.td3
        if self._demonstrations is None:
            return self.replay.sample(td3.batch_size, td3.returns_steps, td3.discount, self._generator)
        demonstrated = round(td3.demonstration_share * td3.batch_size)
        counts = ((self.replay, td3.batch_size - demonstrated), (self._demonstrations, demonstrated))
        parts = [
            replay.sample(count, td3.returns_steps, td3.discount, self._generator) for replay, count in counts
        ]
        return NStepBatch.joined(parts)

    @torch.no_grad()
    def residual(self, view: Tensor) -> Tensor:
        """Deterministic residuals (N, A)."""
        return self.learner.residual(view)

    def state(self) -> dict[str, Tensor]:
        """Counters, networks, optimisers, random state, worlds and replay; demonstrations are rebuilt."""
        counters = {"iteration": self.iteration, "steps": self.steps, "updates": self.updates}
        state = {name: torch.tensor(value) for name, value in counters.items()}
        for part, values in (
            ("learner", self.learner.state()),
            ("worlds", self.worlds.state()),
            ("replay", self.replay.state()),
        ):
            state |= {f"{part}.{name}": value for name, value in values.items()}
        return state

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from `state`."""
        self.iteration, self.steps = int(state["iteration"]), int(state["steps"])
        self.updates = int(state["updates"])
        self.worlds.restore(entries_below("worlds.", state))
        self.learner.restore(entries_below("learner.", state))
        self.replay.restore(entries_below("replay.", state))
