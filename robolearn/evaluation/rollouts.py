"""Runs episodes in a batch of worlds, refilling each world as its episode ends."""

from collections.abc import Iterator

import torch
from torch import Tensor

from robolearn.environment import BatchedEnvironment, Transition
from robolearn.evaluation.action_log import ActionLog
from robolearn.evaluation.controllers import Controller
from robolearn.evaluation.episode_table import EpisodeTable


def run_episodes(environment: BatchedEnvironment, controller: Controller, seeds: Tensor) -> EpisodeTable:
    """One episode of every seed, (K,) int64, in the order of `seeds`."""
    return EpisodeTable.concatenate(list(stream_episodes(environment, controller, seeds)))


def stream_episodes(
    environment: BatchedEnvironment,
    controller: Controller,
    seeds: Tensor,
    episodes: Tensor | None = None,
    actions: ActionLog | None = None,
) -> Iterator[EpisodeTable]:
    """Run one episode of every seed, (K,) int64; after each control step yield those that ended with it.

    episodes: (K,) int64, places of the seeds in the run's sequence of episodes; None for 0 to K - 1
    actions: keeps the actions of episodes that it wants, for a replay
    """
    places = torch.arange(len(seeds)) if episodes is None else episodes
    worlds = _Worlds(environment, controller, seeds, places, actions)
    while worlds.running.any():
        finished = worlds.step()
        if len(finished):
            yield worlds.take(finished)


class _Worlds:
    """The episodes that are running, one a world, and the sums over each."""

    def __init__(
        self,
        environment: BatchedEnvironment,
        controller: Controller,
        seeds: Tensor,
        episodes: Tensor,
        actions: ActionLog | None,
    ) -> None:
        self._environment = environment
        self._controller = controller
        self._seeds = seeds
        self._episodes = episodes
        self._actions = actions
        count = environment.num_envs
        self._next = 0
        self._row = torch.full((count,), -1, dtype=torch.int64)
        self._steps = torch.zeros(count, dtype=torch.int64)
        self._return = torch.zeros(count, dtype=torch.float64)
        self.running = torch.zeros(count, dtype=torch.bool)
        self._start(torch.arange(count))

    def _start(self, free: Tensor) -> None:
        """Begin the next episodes in as many of the free worlds, (K,), as there are seeds left."""
        worlds = free[: len(self._seeds) - self._next]
        if not len(worlds):
            return
        rows = torch.arange(self._next, self._next + len(worlds))
        self._next += len(worlds)
        self._row[worlds], self._steps[worlds], self._return[worlds] = rows, 0, 0.0
        self.running[worlds] = True
        self._observation = self._environment.reset(self._seeds[rows], worlds)
        self._controller.reset(self._seeds[rows], worlds)

    def step(self) -> Tensor:
        """Run one control period; returns the worlds whose episodes ended, (K,)."""
        action = self._controller.act(self._observation)
        if self._actions is not None:
            self._actions.append(self._steps, action)
        self._transition = self._environment.step(action)
        self._observation = self._transition.observation
        self._steps += self.running
        self._return += self.running * self._transition.reward
        finished = self.running & self._transition.done
        self.running &= ~finished
        return finished.nonzero().squeeze(-1)

    def take(self, worlds: Tensor) -> EpisodeTable:
        """The episodes that ended in `worlds`, (K,), which begin the next ones."""
        table = self._table(self._transition, worlds)
        if self._actions is not None:
            self._actions.keep(worlds, table)
        self._start(worlds)
        return table

    def _table(self, transition: Transition, worlds: Tensor) -> EpisodeTable:
        rows = self._row[worlds]
        return EpisodeTable.from_columns(
            episode=self._episodes[rows],
            seed=self._seeds[rows],
            success=transition.success[worlds].cpu(),
            steps=self._steps[worlds],
            phase=transition.phase[worlds].cpu(),
            fault=transition.fault[worlds].cpu(),
            episode_return=self._return[worlds],
            figures={name: value[worlds] for name, value in self._environment.figures().items()},
        )
