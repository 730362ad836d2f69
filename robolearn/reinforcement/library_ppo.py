"""stable-baselines3's PPO, driven one iteration at a time and resumable; subclasses bring their own loss.

Collecting rollouts, bootstrapping at time-outs and generalised advantages are the library's.
"""

import math
from abc import abstractmethod
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import CallbackList
from stable_baselines3.common.logger import configure as configure_logger
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.utils import explained_variance
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor, nn

from robolearn.reinforcement.settings import PpoOptimisation
from robolearn.training.state import entries_below, optimizer_state, set_optimizer_state


@dataclass
class Samples:
    """A flattened rollout, M = steps x worlds.

    observation: (M, O); log_probability, advantage, value_target: (M,)
    """

    observation: Tensor
    log_probability: Tensor
    advantage: Tensor
    value_target: Tensor

    def take(self, rows: Tensor) -> Self:
        """The chosen rows, (K,) int64."""
        # Faster than value[rows], which is most of a pass over wide observations.
        return self._each(lambda value: value.index_select(0, rows))

    def to(self, device: torch.device) -> Self:
        """The same on another device."""
        return self._each(lambda value: value.to(device))

    def _each(self, change: Callable[[Tensor], Tensor]) -> Self:
        return type(self)(**{field.name: change(getattr(self, field.name)) for field in fields(self)})


def surrogate_loss(log_ratio: Tensor, advantage: Tensor, clip: float) -> tuple[Tensor, dict[str, Tensor]]:
    """The clipped surrogate (Schulman et al. 2017, eq. 7) as a loss, and how far the policy moved.

    log_ratio: (K,) of the densities of what was done, now less then
    """
    ratio = log_ratio.exp()
    clipped = ratio.clamp(1.0 - clip, 1.0 + clip)
    loss = -torch.min(advantage * ratio, advantage * clipped).mean()
    with torch.no_grad():
        parts = {
            "kl": (ratio - 1.0 - log_ratio).mean(),
            "clip_fraction": ((ratio - 1.0).abs() > clip).float().mean(),
            "surrogate": loss.detach(),
        }
    return loss, parts


class LibraryPPO(PPO):
    """PPO without the library's outer loop; what `train` leaves in `metrics` goes to the log.

    minibatch_size: samples a gradient step
    max_kl: an update stops early beyond this mean divergence from the policy that acted
    """

    minibatch_size: int
    max_kl: float = float("inf")

    _last_obs: np.ndarray | None  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(
        self,
        policy: type[ActorCriticPolicy],
        env: VecEnv,
        optimisation: PpoOptimisation,
        learning_rate: float,
        generator: torch.Generator,
        device: torch.device | str = "cpu",
        **networks: Any,
    ) -> None:
        """learning_rate: at the start; generator: where exploration noise and the order of samples come from.

        device: that the networks are moved to and learn on; networks: of `policy`, besides the generator
        """
        self.generator = generator
        self.minibatch_size = optimisation.minibatch_size
        self.metrics: dict[str, float] = {}
        super().__init__(
            policy,
            env,
            learning_rate=learning_rate,
            n_steps=optimisation.rollout_steps,
            batch_size=optimisation.rollout_steps * env.num_envs,
            n_epochs=optimisation.epochs,
            gamma=optimisation.discount,
            gae_lambda=optimisation.gae_lambda,
            clip_range=optimisation.clip,
            max_grad_norm=optimisation.max_gradient_norm,
            policy_kwargs={**networks, "generator": generator},
            device=device,
        )
        self._no_callback = CallbackList([])
        self._no_callback.init_callback(self)
        self.set_logger(configure_logger(None, []))
        self.ep_info_buffer, self.ep_success_buffer = deque(maxlen=1), deque(maxlen=1)

    def start(self) -> None:
        """Begin a first episode in every world."""
        assert self.env is not None
        observation = self.env.reset()
        assert isinstance(observation, np.ndarray)
        self._last_obs = observation
        self._last_episode_starts = np.ones(self.env.num_envs, dtype=bool)

    def collect(self) -> None:
        """Fill the rollout buffer with `n_steps` of every world."""
        assert self.env is not None
        self.collect_rollouts(self.env, self._no_callback, self.rollout_buffer, self.n_steps)

    @abstractmethod
    def samples(self) -> Samples:
        """The rollout buffer, flattened."""

    def predictions(self) -> tuple[np.ndarray, np.ndarray]:
        """What the critic said while the rollout was collected, and what it should have said, (M,) each."""
        return self.rollout_buffer.values.flatten(), self.rollout_buffer.returns.flatten()

    @abstractmethod
    def loss(self, batch: Any) -> tuple[Tensor, dict[str, Tensor]]:
        """Of a minibatch of what `samples` gives, and its parts () for the log, "kl" among them."""

    def end_epoch(self, divergence: float) -> None:
        """After each pass over the samples, whose minibatches diverged so much on average."""

    def train(self) -> None:
        """Update the networks from the rollout; leaves means over the minibatches in `metrics`."""
        self.policy.set_training_mode(True)
        samples = self.samples().to(self.device)
        sums: defaultdict[str, list[Tensor]] = defaultdict(list)
        for _ in range(self.n_epochs):
            if self._epoch(samples, sums):
                break
        values, targets = self.predictions()
        self.metrics = {f"ppo/{name}": _mean(value) for name, value in sums.items()}
        self.metrics["ppo/gradient_steps"] = float(len(sums["kl"]))
        self.metrics["ppo/explained_variance"] = float(explained_variance(values, targets))

    def _epoch(self, samples: Samples, sums: defaultdict[str, list[Tensor]]) -> bool:
        """One pass over the samples; true when the policy has moved as far as it may."""
        divergences = []
        order = torch.randperm(len(samples.advantage), generator=self.generator).to(self.device)
        for rows in order.split(self.minibatch_size):
            loss, parts = self.loss(samples.take(rows))
            self.policy.optimizer.zero_grad()
            loss.backward()
            for group in self.policy.optimizer.param_groups:
                nn.utils.clip_grad_norm_(group["params"], self.max_grad_norm)
            self.policy.optimizer.step()
            divergences.append(parts["kl"])
            for name, value in parts.items():
                sums[name].append(value)
            if math.isfinite(self.max_kl) and float(parts["kl"]) > self.max_kl:
                return True
        self.end_epoch(_mean(divergences))
        return False

    def state(self) -> dict[str, Tensor]:
        """Networks, optimiser and random state, between two iterations."""
        return {
            **{f"policy.{name}": value for name, value in self.policy.state_dict().items()},
            **{f"optimizer.{name}": value for name, value in optimizer_state(self.policy.optimizer).items()},
            "generator": self.generator.get_state(),
            "episode_starts": torch.as_tensor(np.asarray(self._last_episode_starts, dtype=bool)),
        }

    def restore(self, state: dict[str, Tensor], observation: Tensor) -> None:
        """Go on from a saved state and the worlds' observations, (N, O)."""
        self.policy.load_state_dict(entries_below("policy.", state))
        set_optimizer_state(self.policy.optimizer, entries_below("optimizer.", state))
        self.generator.set_state(state["generator"])
        self._last_obs = observation.numpy()
        self._last_episode_starts = state["episode_starts"].numpy()


def _mean(values: Sequence[Tensor]) -> float:
    """Of numbers (), fetched from their device at once."""
    return float(np.mean(torch.stack(list(values)).tolist()))
