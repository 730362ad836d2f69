import dataclasses

import numpy as np
import pytest
import torch

from residual_fakes import LAYOUT, FakeActor, FakeCritic, point_mass_correction, point_mass_worlds
from robolearn.environment import episode_seeds
from robolearn.reinforcement.episodes import EpisodeStep
from robolearn.reinforcement.residual.ppo_algorithm import ResidualPPO
from robolearn.reinforcement.residual.settings import ResidualPpoOptimisation
from robolearn.reinforcement.residual.validation import validate
from robolearn.reinforcement.vec_env import BatchVecEnv
from toy_environment import POINT_MASS, PointMassEnvironment

OPTIMISATION = ResidualPpoOptimisation(
    rollout_steps=48,
    minibatch_size=512,
    epochs=4,
    actor_learning_rate=3e-3,
    critic_learning_rate=3e-3,
    discount=0.98,
    noise_log_std=-1.0,
)


def algorithm(
    num_envs: int, optimisation: ResidualPpoOptimisation = OPTIMISATION, bias: float = 0.08
) -> ResidualPPO:
    torch.manual_seed(0)
    env = BatchVecEnv(point_mass_worlds(num_envs, bias), action_limit=10.0, reward_scale=5.0)
    generator = torch.Generator().manual_seed(0)
    return ResidualPPO(env, FakeActor(), FakeCritic(), LAYOUT, optimisation, 0.1, generator)


class Recorder:
    """Remembers what the worlds did during a rollout."""

    def __init__(self, learner: ResidualPPO) -> None:
        assert isinstance(learner.env, BatchVecEnv)
        self.steps: list[EpisodeStep] = []
        self._step = learner.env.batch.step
        learner.env.batch.step = self.step

    def step(self, action: torch.Tensor) -> EpisodeStep:
        step = self._step(action)
        self.steps.append(step)
        return step


def slow_advantages(learner: ResidualPPO, steps: list[EpisodeStep], values: np.ndarray) -> np.ndarray:
    """Sum of discounted one-step errors, each world and step by itself; time-outs go on in expectation."""
    gamma, lam = OPTIMISATION.discount, OPTIMISATION.gae_lambda
    count, worlds = values.shape

    def value(observation: torch.Tensor) -> np.ndarray:
        with torch.no_grad():
            return learner.policy.predict_values(observation).flatten().numpy()

    errors, ends = np.zeros_like(values), np.zeros_like(values, dtype=bool)
    for t, step in enumerate(steps):
        following = value(step.final_observation) * ~step.terminated.numpy()
        errors[t] = 5.0 * step.reward.numpy() + gamma * following - values[t]
        ends[t] = step.done.numpy()
    advantages = np.zeros_like(values)
    for world in range(worlds):
        for t in range(count):
            factor = 1.0
            for k in range(t, count):
                advantages[t, world] += factor * errors[k, world]
                factor *= gamma * lam
                if ends[k, world]:
                    break
    return advantages


def test_advantages_match_the_definition_across_successes_and_time_outs() -> None:
    learner = algorithm(10, bias=0.05)
    recorder = Recorder(learner)
    learner.start()
    learner.collect()
    buffer = learner.rollout_buffer
    assert sum(int(step.truncated.sum()) for step in recorder.steps) > 0
    assert sum(int(step.terminated.sum()) for step in recorder.steps) > 0
    expected = slow_advantages(learner, recorder.steps, buffer.values)
    np.testing.assert_allclose(buffer.advantages, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(buffer.returns, expected + buffer.values, rtol=1e-4, atol=1e-5)


def test_next_observations_never_cross_an_episodes_end() -> None:
    learner = algorithm(10, bias=0.05)
    recorder = Recorder(learner)
    learner.start()
    learner.collect()
    samples = learner.samples()
    finals = torch.cat([step.final_observation for step in recorder.steps])
    done = torch.cat([step.done for step in recorder.steps])
    assert torch.equal(samples.continues, ~done)
    rows = samples.continues
    assert torch.equal(samples.next_observation[rows], LAYOUT.split(finals)[0][rows])
    base = LAYOUT.split(samples.observation)[1]
    torch.testing.assert_close(samples.executed, base + 0.1 * samples.residual)


@pytest.mark.parametrize("bfloat16", [False, True])
def test_learns_the_point_masss_task(bfloat16: bool) -> None:
    learner = algorithm(64, dataclasses.replace(OPTIMISATION, bfloat16=bfloat16))
    learner.start()
    for _ in range(10):
        learner.collect()
        learner.train()
    seeds = episode_seeds(6, 0, 64)
    before = validate(PointMassEnvironment(64), point_mass_correction(), lambda v: torch.zeros(64, 2), seeds)
    after = validate(PointMassEnvironment(64), point_mass_correction(), learner.policy.mean, seeds)
    assert before.success_rate < 0.2
    assert after.success_rate > 0.9
    assert after.success_steps < POINT_MASS.max_episode_steps
    assert learner.metrics["ppo/koopman_loss"] < 0.1


def test_zero_residual_at_first_and_noise_of_the_asked_width() -> None:
    learner = algorithm(16)
    learner.start()
    learner.collect()
    residual = learner.rollout_buffer.actions
    assert abs(residual.mean()) < 0.05
    assert residual.std() == pytest.approx(np.exp(-1.0), rel=0.05)


def test_an_update_stops_when_the_policy_has_moved_enough() -> None:
    learner = algorithm(
        16, ResidualPpoOptimisation(rollout_steps=16, minibatch_size=64, epochs=50, max_kl=1e-4)
    )
    learner.set_learning_rates(actor=1e-2, critic=1e-3)
    learner.start()
    learner.collect()
    learner.train()
    assert learner.metrics["ppo/gradient_steps"] < 20


def test_zero_actor_rate_trains_the_critic_alone() -> None:
    learner = algorithm(16, bias=0.05)
    learner.start()
    learner.collect()
    actor = {name: value.clone() for name, value in learner.policy.actor.state_dict().items()}
    critic = {name: value.clone() for name, value in learner.policy.critic.state_dict().items()}
    learner.set_learning_rates(actor=0.0, critic=1e-3)
    learner.train()
    assert all(torch.equal(value, actor[name]) for name, value in learner.policy.actor.state_dict().items())
    assert any(not torch.equal(v, critic[name]) for name, v in learner.policy.critic.state_dict().items())
