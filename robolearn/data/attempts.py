"""Attempts of an expert: which are still needed, and running them in a batch of worlds."""

import bisect
import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from robolearn.data.episode import Episode
from robolearn.environment import BatchedEnvironment, Expert, Transition, episode_seeds

_SPARE = 1.25
"""Worlds for each success that is missing: some attempts fail, and one that starts at once costs least."""


class Agenda:
    """Decides which attempts run, so that the result is the first `wanted` that succeed, by number.

    Attempts start in ascending order. Once `wanted` have succeeded, only those below the last of them are
    still needed, however the worlds raced. No attempt from `limit` on is started.
    """

    def __init__(self, wanted: int, limit: int, outcomes: Mapping[int, bool]) -> None:
        """outcomes: attempts that have finished already, and whether they succeeded."""
        self.wanted = wanted
        self._limit = limit
        self._finished = set(outcomes)
        self._running: set[int] = set()
        self._successes = sorted(index for index, success in outcomes.items() if success)
        self._cursor = 0

    @property
    def finished(self) -> int:
        """Attempts that have finished."""
        return len(self._finished)

    @property
    def bound(self) -> int:
        """Attempts from here on do not matter, as far as is known."""
        enough = len(self._successes) >= self.wanted
        return self._successes[self.wanted - 1] + 1 if enough else self._limit

    @property
    def complete(self) -> bool:
        """Every attempt that matters has finished."""
        return self._next_unstarted() is None and not any(index < self.bound for index in self._running)

    @property
    def chosen(self) -> list[int]:
        """The first successful attempts, ascending, at most as many as are wanted."""
        return self._successes[: self.wanted]

    @property
    def useful_worlds(self) -> int:
        """How many worlds can be kept busy from the start."""
        unstarted = self.bound - sum(index < self.bound for index in self._finished)
        missing = self.wanted - len(self._successes)
        if missing <= 0:
            return unstarted
        passed_over = max(self._finished, default=-1) + 1 - len(self._finished)
        return min(unstarted, passed_over + math.ceil(_SPARE * missing))

    def start(self) -> int | None:
        """The next attempt to run, or None when all that matter have started."""
        index = self._next_unstarted()
        if index is not None:
            self._running.add(index)
        return index

    def finish(self, index: int, success: bool) -> None:
        """Note how a started attempt ended."""
        self._running.remove(index)
        self._finished.add(index)
        if success:
            bisect.insort(self._successes, index)

    def _next_unstarted(self) -> int | None:
        while self._cursor in self._finished or self._cursor in self._running:
            self._cursor += 1
        return self._cursor if self._cursor < self.bound else None


@dataclass(frozen=True)
class Attempt:
    """A finished attempt.

    index: its number, from which its seed follows
    episode: what was recorded
    phase: furthest stage reached, an index into `TaskSpec.phases`
    fault: the physics diverged
    """

    index: int
    episode: Episode
    phase: int
    fault: bool


class Worlds:
    """Runs attempts of an agenda side by side; a world takes the next one as its own ends.

    `steps_run` counts control steps, of all worlds together.
    """

    def __init__(
        self, environment: BatchedEnvironment, expert: Expert, agenda: Agenda, stream: int, perturbed: bool
    ) -> None:
        """stream: the `episode_seeds` run whose episode k is attempt k; perturbed: see Expert.perturbed."""
        spec, count = environment.spec, environment.num_envs
        self._environment, self._expert, self._agenda, self._stream = environment, expert, agenda, stream
        self._perturbed = perturbed
        self.steps_run = 0
        self._attempt: list[int | None] = [None] * count
        self._step = torch.zeros(count, dtype=torch.int64)
        steps = spec.max_episode_steps
        self._observations = torch.zeros(count, steps, spec.observation.size)
        self._actions = torch.zeros(count, steps, spec.action.size)
        self._executed = torch.zeros(count, steps, spec.action.size)
        self._rewards = torch.zeros(count, steps)

    def refill(self) -> None:
        """Begin attempts in the worlds that have none."""
        started = []
        for world in self._idle():
            index = self._agenda.start()
            if index is None:
                break
            self._attempt[world] = index
            started.append((world, index))
        if not started:
            return
        device = self._environment.device
        worlds = torch.tensor([world for world, _ in started], device=device)
        seeds = torch.cat([episode_seeds(self._stream, index, 1) for _, index in started]).to(device)
        self._step[worlds.cpu()] = 0
        self._observation = self._environment.reset(seeds, worlds)
        self._expert.reset(seeds, worlds)

    def step(self) -> list[Attempt]:
        """Run one control period; returns the attempts that ended with it, by number."""
        action = self._expert.act(self._observation)
        executed = self._expert.perturbed(action) if self._perturbed else action
        transition = self._environment.step(executed)
        running = torch.tensor([index is not None for index in self._attempt])
        rows, steps = running.nonzero().squeeze(-1), self._step[running]
        self._observations[rows, steps] = self._observation.cpu()[rows]
        self._actions[rows, steps] = action.cpu()[rows]
        self._executed[rows, steps] = executed.cpu()[rows]
        self._rewards[rows, steps] = transition.reward.cpu()[rows]
        self._step += running
        self.steps_run += len(rows)
        self._observation = transition.observation
        finished = running & transition.done.cpu()
        attempts = [self._taken(int(world), transition) for world in finished.nonzero()]
        return sorted(attempts, key=lambda attempt: attempt.index)

    def _idle(self) -> list[int]:
        return [world for world, index in enumerate(self._attempt) if index is None]

    def _taken(self, world: int, transition: Transition) -> Attempt:
        """The attempt that ended in `world`, which is idle now."""
        index, self._attempt[world] = self._attempt[world], None
        assert index is not None
        steps = int(self._step[world])
        episode = Episode(
            observation=_copy(self._observations, world, steps),
            action=_copy(self._actions, world, steps),
            executed=_copy(self._executed, world, steps),
            reward=_copy(self._rewards, world, steps),
            success=bool(transition.success[world]),
        )
        return Attempt(index, episode, int(transition.phase[world]), bool(transition.fault[world]))


def _copy(values: Tensor, world: int, steps: int) -> Tensor:
    return values[world, :steps].clone()
