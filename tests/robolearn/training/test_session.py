import json
import signal
from pathlib import Path
from typing import Any

import pytest
import torch

from residual_fakes import FakeActor, FakeCritic, point_mass_correction, point_mass_worlds
from robolearn.checkpoint import load_training_state
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.reinforcement.residual.ppo_trainer import PpoTrainer
from robolearn.reinforcement.residual.settings import ResidualPpoOptimisation, ResidualPpoSettings, Validation
from robolearn.reinforcement.residual.validation import SUCCESS_RATE, validate
from robolearn.tracking import read_metrics
from robolearn.training.session import BEST, LATEST, STATE, Measurement, Session
from toy_environment import PointMassEnvironment

ITERATION = 16 * 20


def settings(out: Path, **changes: Any) -> ResidualPpoSettings:
    values: dict[str, Any] = {
        "base": "base",
        "num_envs": 16,
        "ppo": ResidualPpoOptimisation(
            rollout_steps=20,
            minibatch_size=160,
            epochs=2,
            actor_learning_rate=3e-3,
            critic_iterations=0,
            discount=0.98,
            noise_log_std=-1.0,
        ),
        "validation": Validation(episodes=16, every_iterations=2),
        "total_steps": 6 * ITERATION,
        "checkpoint_minutes": 0.0,
        "minutes": 0.0,
        "wandb": "disabled",
        "out": str(out),
    }
    return ResidualPpoSettings(**{**values, **changes})


class Killed(Exception):
    """Stands for a kill."""


def session(config: ResidualPpoSettings, killed_after: int | None = None) -> Session:
    torch.manual_seed(config.seed)
    worlds = point_mass_worlds(config.num_envs, 0.05)
    trainer = PpoTrainer(config, worlds, FakeActor(), FakeCritic(), lambda observation: {})
    iterate = trainer.iterate

    def interrupted() -> dict[str, float]:
        if trainer.iteration == killed_after:
            raise Killed
        return iterate()

    trainer.iterate = interrupted

    def validated() -> dict[str, float]:
        seeds = episode_seeds(99, 0, config.validation.episodes)
        return validate(
            PointMassEnvironment(16), point_mass_correction(0.05), trainer.residual, seeds
        ).metrics()

    def save(path: Path, metrics: dict[str, Any]) -> None:
        path.mkdir(exist_ok=True)
        (path / "metrics.json").write_text(json.dumps(metrics))

    measurement = Measurement(validated, config.validation.every_iterations, SUCCESS_RATE)
    return Session(config, trainer, measurement, save)


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    straight = session(settings(tmp_path / "straight")).run()
    with pytest.raises(Killed):
        session(settings(tmp_path / "killed"), killed_after=3).run()
    resumed = session(settings(tmp_path / "killed", resume=str(tmp_path / "killed"))).run()
    assert straight["iteration"] == resumed["iteration"] == 6
    assert all(straight[name] == resumed[name] for name in ("first", "best", "last"))
    expected, _ = load_training_state(tmp_path / "straight" / STATE)
    found, _ = load_training_state(tmp_path / "killed" / STATE)
    assert expected.keys() == found.keys()
    assert all(torch.equal(value, found[name]) for name, value in expected.items())
    assert rows(tmp_path / "straight") == rows(tmp_path / "killed")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_its_iteration_and_saves(tmp_path: Path, number: signal.Signals) -> None:
    rarely_saved = settings(tmp_path, checkpoint_minutes=60.0)
    interrupted, before = session(rarely_saved), signal.getsignal(number)
    signal_in_iteration(interrupted, 3, number)
    with pytest.raises(KeyboardInterrupt):
        interrupted.run()
    assert load_training_state(tmp_path / STATE)[1]["standing"]["minutes"] > 0.0
    assert json.loads((tmp_path / LATEST / "metrics.json").read_text())["iteration"] == 3
    assert signal.getsignal(number) is before


def test_a_second_interrupt_ends_a_run_at_once(tmp_path: Path) -> None:
    interrupted = session(settings(tmp_path, checkpoint_minutes=60.0))
    signal_in_iteration(interrupted, 3, signal.SIGINT, signal.SIGTERM, signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        interrupted.run()
    assert interrupted.trainer.iteration == 2
    assert json.loads((tmp_path / LATEST / "metrics.json").read_text())["iteration"] == 0


def signal_in_iteration(run: Session, iteration: int, *numbers: signal.Signals) -> None:
    iterate = run.trainer.iterate

    def signalled() -> dict[str, float]:
        if run.trainer.iteration == iteration - 1:
            for number in numbers:
                signal.raise_signal(number)
        return iterate()

    run.trainer.iterate = signalled


def rows(out: Path) -> list[dict[str, Any]]:
    """The metrics that do not depend on the clock."""
    return [
        {name: value for name, value in row.items() if not name.startswith("time/")}
        for row in read_metrics(out)
    ]


def test_a_run_leaves_its_policies_metrics_and_summary(tmp_path: Path) -> None:
    summary = session(settings(tmp_path)).run()
    assert json.loads((tmp_path / "train.json").read_text()) == summary
    assert json.loads((tmp_path / LATEST / "metrics.json").read_text())["iteration"] == 6
    best = json.loads((tmp_path / BEST / "metrics.json").read_text())
    assert best["best"] == summary["best"]
    assert summary["best"][SUCCESS_RATE] >= summary["first"][SUCCESS_RATE]
    logged = rows(tmp_path)
    assert [row["step"] for row in logged] == list(range(7))
    assert [row["step"] for row in logged if "validation/success_rate" in row] == [0, 2, 4, 6]
    assert {"ppo/kl", "ppo/clip_fraction", "ppo/koopman_loss", "ppo/explained_variance"} <= logged[1].keys()


def test_minutes_end_a_run(tmp_path: Path) -> None:
    summary = session(settings(tmp_path, minutes=1e-6)).run()
    assert summary["iteration"] == 0


def test_a_run_is_not_overwritten(tmp_path: Path) -> None:
    session(settings(tmp_path, total_steps=ITERATION)).run()
    with pytest.raises(UserError, match="already holds a run"):
        session(settings(tmp_path)).run()


def test_a_run_goes_on_only_with_its_own_settings(tmp_path: Path) -> None:
    session(settings(tmp_path, total_steps=ITERATION)).run()
    longer = settings(tmp_path, total_steps=2 * ITERATION, resume=str(tmp_path))
    assert session(longer).run()["iteration"] == 2
    with pytest.raises(UserError, match=r"action_scale is 0.2 but the run has 0.1"):
        session(settings(tmp_path, resume=str(tmp_path), action_scale=0.2)).run()
    with pytest.raises(UserError, match="does not exist"):
        session(settings(tmp_path, resume=str(tmp_path / "nothing"))).run()
