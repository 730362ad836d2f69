"""One iteration of a manager's training without a teacher: a rollout and an update."""

import torch
from torch import nn

from robolearn.reinforcement.gaussian_ppo import GaussianActorCritic, GaussianPPO
from robolearn.reinforcement.gaussian_trainer import GaussianTrainer
from robolearn.reinforcement.manager.manager_episodes import ManagerEpisodes
from robolearn.reinforcement.manager.settings import ManagerPpoSettings
from robolearn.reinforcement.vec_env import BatchVecEnv

OUTPUT_LIMIT = 5.0
"""Of the network's outputs; chosen: beyond the worker's ranges in every entry."""


class ManagerTrainer(GaussianTrainer):
    """PPO on the manager's episodes; the reward is how closely hands and heading follow."""

    def __init__(self, settings: ManagerPpoSettings, episodes: ManagerEpisodes, critic: nn.Module) -> None:
        self.settings = settings
        algorithm = GaussianPPO(
            GaussianActorCritic,
            BatchVecEnv(episodes, OUTPUT_LIMIT),
            settings.ppo,
            torch.Generator().manual_seed(settings.seed),
            actor=episodes.policy.network,
            critic=critic,
        )
        super().__init__(algorithm, episodes)

    def iterate(self) -> dict[str, float]:
        """One rollout and one update; exploration narrows as the budget is spent."""
        self.algorithm.narrow(min(1.0, self.steps / self.settings.total_steps))
        return {**self.update().metrics(), **self.algorithm.metrics}
