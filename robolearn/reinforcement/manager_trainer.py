"""One iteration of a manager's training without a teacher: a rollout and an update."""

import torch
from torch import Tensor, nn

from robolearn.reinforcement.gaussian_ppo import GaussianActorCritic, GaussianPPO
from robolearn.reinforcement.manager_episodes import ManagerEpisodes
from robolearn.reinforcement.settings import ManagerPpoSettings
from robolearn.reinforcement.vec_env import BatchVecEnv
from robolearn.training.state import entries_below
from robolearn.training.trainer import Trainer

OUTPUT_LIMIT = 5.0
"""Of the network's outputs; chosen: beyond the worker's ranges in every entry."""


class ManagerTrainer(Trainer):
    """PPO on the manager's episodes; the reward is how closely hands and heading follow."""

    def __init__(self, settings: ManagerPpoSettings, episodes: ManagerEpisodes, critic: nn.Module) -> None:
        self.settings = settings
        self.episodes = episodes
        self.iteration = 0
        self.steps = 0
        self.algorithm = GaussianPPO(
            GaussianActorCritic,
            BatchVecEnv(episodes, OUTPUT_LIMIT),
            settings.ppo,
            torch.Generator().manual_seed(settings.seed),
            actor=episodes.policy.network,
            critic=critic,
        )

    def start(self) -> None:
        """Begin a first episode in every world."""
        self.algorithm.start()

    def iterate(self) -> dict[str, float]:
        """One rollout and one update; exploration narrows as the budget is spent."""
        self.algorithm.narrow(min(1.0, self.steps / self.settings.total_steps))
        self.algorithm.collect()
        self.algorithm.train()
        self.iteration += 1
        self.steps += self.settings.ppo.rollout_steps * self.episodes.num_envs
        return {**self.episodes.take_tally().metrics(), **self.algorithm.metrics}

    def state(self) -> dict[str, Tensor]:
        """Counters, networks, optimiser, random state and episodes."""
        state = {"iteration": torch.tensor(self.iteration), "steps": torch.tensor(self.steps)}
        state |= {f"algorithm.{name}": value for name, value in self.algorithm.state().items()}
        return state | {f"episodes.{name}": value for name, value in self.episodes.state().items()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from `state`."""
        self.iteration, self.steps = int(state["iteration"]), int(state["steps"])
        observation = self.episodes.restore(entries_below("episodes.", state))
        self.algorithm.restore(entries_below("algorithm.", state), observation)
