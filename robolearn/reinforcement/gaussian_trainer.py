"""What trainings with `GaussianPPO` have in common: counters, and how they are put back."""

import torch
from torch import Tensor

from robolearn.reinforcement.episodes import EpisodeTally, RestorableEpisodes
from robolearn.reinforcement.gaussian_ppo import GaussianPPO
from robolearn.training.state import entries_below
from robolearn.training.trainer import Trainer


class GaussianTrainer(Trainer):
    """PPO on endless episodes."""

    def __init__(self, algorithm: GaussianPPO, episodes: RestorableEpisodes) -> None:
        self.algorithm = algorithm
        self._worlds = episodes
        self.iteration = 0
        self.steps = 0

    def start(self) -> None:
        """Begin a first episode in every world."""
        self.algorithm.start()

    def update(self) -> EpisodeTally:
        """One rollout and one update; returns sums over the episodes that ended meanwhile."""
        self.algorithm.actor_learns = self.iteration >= self.algorithm.settings.critic_iterations
        self.algorithm.collect()
        self.algorithm.train()
        self.iteration += 1
        self.steps += self.algorithm.settings.rollout_steps * self._worlds.num_envs
        return self._worlds.take_tally()

    def state(self) -> dict[str, Tensor]:
        """Counters, networks, optimiser, random state and worlds."""
        state = {"iteration": torch.tensor(self.iteration), "steps": torch.tensor(self.steps)}
        state |= {f"algorithm.{name}": value for name, value in self.algorithm.state().items()}
        return state | {f"episodes.{name}": value for name, value in self._worlds.state().items()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from `state`."""
        self.iteration, self.steps = int(state["iteration"]), int(state["steps"])
        observation = self._worlds.restore(entries_below("episodes.", state))
        self.algorithm.restore(entries_below("algorithm.", state), observation)
