"""PPO and TD3 through the same contract: they learn the point mass, and go on to the same bytes."""

from collections.abc import Callable

import pytest
import torch

from residual_fakes import FakeActor, FakeCritic, point_mass_correction, point_mass_worlds
from robolearn.environment import episode_seeds
from robolearn.reinforcement.episodes import EpisodeStep
from robolearn.reinforcement.residual.ppo_trainer import PpoTrainer, actor_learning_rate
from robolearn.reinforcement.residual.replay import Replay
from robolearn.reinforcement.residual.settings import (
    ResidualPpoOptimisation,
    ResidualPpoSettings,
    ResidualTd3Settings,
    Td3Optimisation,
)
from robolearn.reinforcement.residual.td3_trainer import Td3Trainer
from robolearn.reinforcement.residual.trainer import ResidualTrainer
from robolearn.reinforcement.residual.validation import validate
from toy_environment import PointMassEnvironment

PPO = ResidualPpoOptimisation(
    rollout_steps=20, minibatch_size=160, epochs=2, critic_iterations=0, actor_warmup_iterations=2
)
TD3 = Td3Optimisation(
    warmup_steps=1600,
    warmup_updates=300,
    updates_per_step=8,
    actor_every=2,
    batch_size=128,
    returns_steps=3,
    discount=0.95,
    heads=3,
    hidden_size=64,
    actor_learning_rate=3e-4,
    critic_learning_rate=1e-3,
    target_rate=0.02,
    capacity=20_000,
)


def no_diagnosis(observation: torch.Tensor) -> dict[str, float]:
    return {}


def ppo_trainer(normalise_reward: bool = False) -> ResidualTrainer:
    torch.manual_seed(0)
    settings = ResidualPpoSettings(ppo=PPO, normalise_reward=normalise_reward, total_steps=10_000)
    return PpoTrainer(settings, point_mass_worlds(16, 0.05), FakeActor(), FakeCritic(), no_diagnosis)


def td3_trainer(demonstrations: Replay | None = None, steps_per_iteration: int = 60) -> ResidualTrainer:
    torch.manual_seed(0)
    settings = ResidualTd3Settings(td3=TD3, steps_per_iteration=steps_per_iteration, seed=1)
    return Td3Trainer(settings, point_mass_worlds(32), FakeActor(bounded=True), demonstrations, no_diagnosis)


def demonstrated() -> Replay:
    """One column of perfect corrections, with rewards at the ends."""
    worlds = point_mass_worlds(1, seed_stream=77)
    worlds.start()
    replay = Replay(200, 1, 9, 2)
    for _ in range(200):
        view, residual = worlds.observation, torch.full((1, 2), -0.4)
        step: EpisodeStep = worlds.step(residual)
        replay.add(view, worlds.correction.executed(view, residual), step)
    return replay


@pytest.mark.parametrize(
    "make",
    [ppo_trainer, lambda: ppo_trainer(normalise_reward=True), lambda: td3_trainer(demonstrated(), 30)],
    ids=["ppo", "ppo-normalised-reward", "td3"],
)
def test_going_on_gives_the_same_bytes(make: Callable[[], ResidualTrainer]) -> None:
    straight = make()
    straight.start()
    for _ in range(2):
        straight.iterate()
    halfway = {name: value.clone() for name, value in straight.state().items()}
    for _ in range(2):
        straight.iterate()
    resumed = make()
    resumed.restore(halfway)
    for _ in range(2):
        resumed.iterate()
    expected, found = straight.state(), resumed.state()
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        assert torch.equal(value, found[name]), name
    assert any(
        not torch.equal(value, halfway[name]) for name, value in expected.items() if "actor.head" in name
    )


def test_td3_learns_the_point_masss_task() -> None:
    trainer = td3_trainer(demonstrated())
    trainer.start()
    seeds = episode_seeds(6, 0, 64)

    def success_rate() -> float:
        environment = PointMassEnvironment(64)
        return validate(environment, point_mass_correction(), trainer.residual, seeds).success_rate

    assert success_rate() < 0.2
    metrics = [trainer.iterate() for _ in range(6)][-1]
    assert success_rate() > 0.7
    assert metrics["td3/updates_per_transition"] == 8 / 32
    assert metrics["td3/koopman_loss"] < 0.2


def test_td3_works_without_demonstrations_and_waits_for_its_critic() -> None:
    trainer = td3_trainer(steps_per_iteration=50)
    trainer.start()
    metrics = trainer.iterate()
    assert "td3/value" not in metrics, "the actor must not learn before the critic has"
    assert float(trainer.residual(torch.randn(8, 9)).abs().max()) == 0.0
    assert "td3/value" in trainer.iterate()


def test_the_actors_rate_rises_and_falls() -> None:
    ppo = ResidualPpoOptimisation(
        critic_iterations=2, actor_warmup_iterations=4, actor_learning_rate=1.0, final_learning_rate=0.1
    )
    rates = [actor_learning_rate(ppo, iteration, 0.0) for iteration in range(8)]
    assert rates == [0.0, 0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
    assert actor_learning_rate(ppo, 100, 0.5) == pytest.approx(0.55)
    assert actor_learning_rate(ppo, 100, 1.0) == pytest.approx(0.1)
