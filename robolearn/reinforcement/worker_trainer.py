"""One iteration of the worker's training: a rollout, an update, and how hard the next episodes are."""

import torch
from torch import Tensor, nn

from robolearn.devices import device_named
from robolearn.reinforcement.resident_ppo import ResidentPPO
from robolearn.reinforcement.settings import WorkerPpoSettings
from robolearn.reinforcement.vec_env import BatchVecEnv
from robolearn.reinforcement.worker_episodes import WorkerEpisodes
from robolearn.reinforcement.worker_ppo import WorkerPPO
from robolearn.training.state import entries_below
from robolearn.training.trainer import Trainer

ACTION_LIMIT = 12.0
"""Of the network's outputs; chosen: about four times what asks for all of a motor's torque."""


class WorkerTrainer(Trainer):
    """PPO on the worker's episodes, with a curriculum."""

    def __init__(self, settings: WorkerPpoSettings, episodes: WorkerEpisodes, critic: nn.Module) -> None:
        self.settings = settings
        self.episodes = episodes
        self.iteration = 0
        self.steps = 0
        algorithm = WorkerPPO if settings.physics == "cpu" else ResidentPPO
        self.algorithm = algorithm(
            BatchVecEnv(episodes, ACTION_LIMIT),
            settings.ppo,
            torch.Generator().manual_seed(settings.seed),
            device_named(settings.device),
            actor=episodes.policy.network,
            critic=critic,
            actor_size=episodes.actor_size,
            estimated_places=episodes.estimated_places,
        )

    def start(self) -> None:
        """Begin a first episode in every world."""
        self.algorithm.start()

    def iterate(self) -> dict[str, float]:
        """One rollout and one update; exploration narrows as episodes become harder."""
        self.algorithm.narrow(self.episodes.level)
        self.algorithm.collect()
        self.algorithm.train()
        self.iteration += 1
        self.steps += self.settings.ppo.rollout_steps * self.episodes.num_envs
        tally = self.episodes.take_tally()
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

    def state(self) -> dict[str, Tensor]:
        """Counters, networks, optimiser, random state and worlds."""
        state = {"iteration": torch.tensor(self.iteration), "steps": torch.tensor(self.steps)}
        state |= {f"algorithm.{name}": value for name, value in self.algorithm.state().items()}
        return state | {f"episodes.{name}": value for name, value in self.episodes.state().items()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from `state`."""
        self.iteration, self.steps = int(state["iteration"]), int(state["steps"])
        observation = self.episodes.restore(entries_below("episodes.", state))
        self.algorithm.restore(entries_below("algorithm.", state), observation)
