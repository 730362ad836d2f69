"""One iteration of residual PPO: a rollout, an update, and their metrics."""

import torch
from stable_baselines3.common.vec_env import VecEnv, VecNormalize
from torch import Tensor, nn

from robolearn.policies.residual import ResidualActor
from robolearn.reinforcement.residual.ppo_algorithm import ResidualPPO
from robolearn.reinforcement.residual.residual_environment import ResidualEnvironment
from robolearn.reinforcement.residual.settings import ResidualPpoOptimisation, ResidualPpoSettings
from robolearn.reinforcement.residual.trainer import Diagnosis, ResidualTrainer
from robolearn.reinforcement.vec_env import BatchVecEnv
from robolearn.training.schedules import falling, rising
from robolearn.training.state import entries_below

RESIDUAL_LIMIT = 10.0
"""Bound of residuals for the library's action space: 27 standard deviations, so never reached by noise."""

REWARD_LIMIT = 5.0
"""Normalised rewards are clipped at this (KORR, A.5)."""


class PpoTrainer(ResidualTrainer):
    """PPO on a residual environment."""

    def __init__(
        self,
        settings: ResidualPpoSettings,
        worlds: ResidualEnvironment,
        actor: ResidualActor,
        critic: nn.Module,
        diagnose: Diagnosis,
    ) -> None:
        self.settings = settings
        self.worlds = worlds
        self.actor = actor
        self._diagnose = diagnose
        self.iteration = 0
        self.steps = 0
        adapted = BatchVecEnv(worlds, RESIDUAL_LIMIT, settings.reward_scale)
        self._reward_statistics = _normalised(adapted, settings.ppo) if settings.normalise_reward else None
        env: VecEnv = self._reward_statistics or adapted
        layout = worlds.correction.layout
        generator = torch.Generator().manual_seed(settings.seed)
        self.algorithm = ResidualPPO(
            env, actor, critic, layout, settings.ppo, settings.action_scale, generator
        )

    def start(self) -> None:
        """Begin a first episode in every world."""
        self.algorithm.start()

    def iterate(self) -> dict[str, float]:
        """One rollout and one update."""
        ppo = self.settings.ppo
        share = self.steps / self.settings.total_steps
        self.algorithm.set_learning_rates(
            actor_learning_rate(ppo, self.iteration, share), ppo.critic_learning_rate
        )
        self.algorithm.collect()
        self.algorithm.train()
        self.iteration += 1
        self.steps += ppo.rollout_steps * self.worlds.num_envs
        observation = self.worlds.correction.layout.split(self.worlds.observation)[0]
        tally = self.worlds.take_tally()
        return {**tally.metrics(), **self.algorithm.metrics, **self._diagnose(observation)}

    @torch.no_grad()
    def residual(self, view: Tensor) -> Tensor:
        """Mean residuals (N, A)."""
        return self.algorithm.policy.mean(view)

    def state(self) -> dict[str, Tensor]:
        """Counters, networks, optimiser, random state, worlds and reward statistics."""
        state = {"iteration": torch.tensor(self.iteration), "steps": torch.tensor(self.steps)}
        state |= {f"algorithm.{name}": value for name, value in self.algorithm.state().items()}
        state |= {f"worlds.{name}": value for name, value in self.worlds.state().items()}
        if self._reward_statistics is not None:
            state |= {f"reward.{name}": value for name, value in _statistics(self._reward_statistics).items()}
        return state

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from `state`."""
        self.iteration, self.steps = int(state["iteration"]), int(state["steps"])
        observation = self.worlds.restore(entries_below("worlds.", state))
        self.algorithm.restore(entries_below("algorithm.", state), observation)
        if self._reward_statistics is not None:
            _set_statistics(self._reward_statistics, entries_below("reward.", state))


def actor_learning_rate(ppo: ResidualPpoOptimisation, iteration: int, share: float) -> float:
    """0 while only the critic learns, then rising, and falling as a cosine of the budget's share spent."""
    warmup = rising(iteration - ppo.critic_iterations, ppo.actor_warmup_iterations)
    return ppo.actor_learning_rate * warmup * falling(share, ppo.final_learning_rate)


def _normalised(env: VecEnv, ppo: ResidualPpoOptimisation) -> VecNormalize:
    return VecNormalize(env, norm_obs=False, clip_reward=REWARD_LIMIT, gamma=ppo.discount)


def _statistics(env: VecNormalize) -> dict[str, Tensor]:
    moments = env.ret_rms
    return {
        "mean": torch.tensor(float(moments.mean), dtype=torch.float64),
        "variance": torch.tensor(float(moments.var), dtype=torch.float64),
        "count": torch.tensor(float(moments.count), dtype=torch.float64),
        "returns": torch.as_tensor(env.returns, dtype=torch.float64).clone(),
    }


def _set_statistics(env: VecNormalize, state: dict[str, Tensor]) -> None:
    env.ret_rms.mean, env.ret_rms.var = state["mean"].numpy(), state["variance"].numpy()
    env.ret_rms.count = float(state["count"])
    env.returns = state["returns"].numpy().copy()
