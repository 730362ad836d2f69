"""One iteration of the worker's training: a rollout, an update, and how hard the next episodes are."""

from typing import cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from robolearn.devices import device_named
from robolearn.policies.worker.balancing import estimate_weights
from robolearn.policies.worker.worker_policy import WorkerPolicy
from robolearn.reinforcement.gaussian_trainer import GaussianTrainer
from robolearn.reinforcement.vec_env import BatchVecEnv
from robolearn.reinforcement.worker.resident_ppo import ResidentPPO
from robolearn.reinforcement.worker.settings import WorkerPpoSettings
from robolearn.reinforcement.worker.worker_episodes import WorkerEpisodes
from robolearn.reinforcement.worker.worker_ppo import WorkerPPO
from robolearn.training.state import entries_below

ACTION_LIMIT = 12.0
"""Of the network's outputs; chosen: about four times what asks for all of a motor's torque."""


class WorkerTrainer(GaussianTrainer):
    """PPO on the worker's episodes, with a curriculum.

    What comes of it is the mean of the last iterations' weights (Polyak and Juditsky, 1992): each of them is
    off by the noise of its own rollout.
    """

    algorithm: WorkerPPO  # pyright: ignore[reportIncompatibleVariableOverride]

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
            frames_size=episodes.frames_size,
            estimated_places=episodes.estimated_places,
            estimate_weights=estimate_weights(episodes.policy.config.estimated),
            clock_places=episodes.policy.clock_places,
        )
        super().__init__(algorithm, episodes)
        decay = 1.0 - 1.0 / settings.ppo.averaged_iterations
        self._average = AveragedModel(episodes.policy, multi_avg_fn=get_ema_multi_avg_fn(decay))

    @property
    def policy(self) -> WorkerPolicy:
        """What has been learnt so far."""
        return cast(WorkerPolicy, self._average.module)

    def iterate(self) -> dict[str, float]:
        """One rollout and one update; exploration narrows as episodes become harder."""
        self.algorithm.narrow(self.episodes.level)
        tally = self.update()
        self._average.update_parameters(self.episodes.policy)
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
        """See GaussianTrainer."""
        average = {f"average.{name}": value for name, value in self._average.state_dict().items()}
        return super().state() | average

    def restore(self, state: dict[str, Tensor]) -> None:
        """See GaussianTrainer."""
        self._average.load_state_dict(entries_below("average.", state))
        super().restore(state)
