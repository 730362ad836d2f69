"""One iteration of the worker's training: a rollout, an update, and how hard the next episodes are."""

import torch
from torch import nn

from robolearn.devices import device_named
from robolearn.policies.worker.balancing import estimate_weights
from robolearn.reinforcement.gaussian_trainer import GaussianTrainer
from robolearn.reinforcement.resident_ppo import ResidentPPO
from robolearn.reinforcement.settings import WorkerPpoSettings
from robolearn.reinforcement.vec_env import BatchVecEnv
from robolearn.reinforcement.worker_episodes import WorkerEpisodes
from robolearn.reinforcement.worker_ppo import WorkerPPO

ACTION_LIMIT = 12.0
"""Of the network's outputs; chosen: about four times what asks for all of a motor's torque."""


class WorkerTrainer(GaussianTrainer):
    """PPO on the worker's episodes, with a curriculum."""

    def __init__(self, settings: WorkerPpoSettings, episodes: WorkerEpisodes, critic: nn.Module) -> None:
        self.settings = settings
        self.episodes = episodes
        kind = WorkerPPO if settings.physics == "cpu" else ResidentPPO
        algorithm = kind(
            BatchVecEnv(episodes, ACTION_LIMIT),
            settings.ppo,
            torch.Generator().manual_seed(settings.seed),
            device_named(settings.device),
            actor=episodes.policy.network,
            critic=critic,
            actor_size=episodes.actor_size,
            estimated_places=episodes.estimated_places,
            estimate_weights=estimate_weights(episodes.policy.config.estimated),
            clock_places=episodes.policy.clock_places,
        )
        super().__init__(algorithm, episodes)

    def iterate(self) -> dict[str, float]:
        """One rollout and one update; exploration narrows as episodes become harder."""
        self.algorithm.narrow(self.episodes.level)
        tally = self.update()
        self._change_level(tally.terminated)
        return {**tally.metrics(), **self.algorithm.metrics, "train/level": self.episodes.level}

    def _change_level(self, falls: int) -> None:
        """Harder when falls are rare, easier when they are frequent."""
        curriculum, level = self.settings.curriculum, self.episodes.level
        control_steps = self.settings.ppo.rollout_steps * self.episodes.num_envs
        seconds = control_steps * self.episodes.environment.simulation.control_period / max(1, falls)
        if seconds > curriculum.raise_seconds:
            level += curriculum.change
        elif seconds < curriculum.lower_seconds:
            level -= curriculum.change
        self.episodes.level = min(1.0, max(0.0, level))
