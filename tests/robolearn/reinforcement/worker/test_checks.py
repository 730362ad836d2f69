"""Settings that no worker can be trained with are refused by name."""

from collections.abc import Callable
from typing import Any

import pytest

from robolearn.errors import UserError
from robolearn.reinforcement.worker.checks import check_staged_worker_run, check_worker_run
from robolearn.reinforcement.worker.settings import PunchedStage, StagedWorkerSettings, WorkerPpoSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_envs", 0),
        ("total_steps", 0),
        ("privileged_share", -0.25),
        ("ppo.rollout_steps", 0),
        ("ppo.minibatch_size", 0),
        ("ppo.epochs", 0),
        ("ppo.averaged_iterations", 0),
        ("ppo.learning_rate", 0.0),
        ("ppo.initial_std", float("nan")),
        ("pushes.punch_every", 0),
        ("pushes.punch", -1.0),
        ("pushes.extremities", 1.5),
        ("calm_share", 0.75),
        ("commands.every_seconds", 0.0),
        ("networks.hidden", [256, 127]),
        ("networks.critic_hidden", [0]),
        ("networks.estimator_hidden", [-2]),
        ("networks.lags", []),
        ("networks.lags", [0, 1, 1]),
        ("networks.estimator_lags", [-1]),
        ("networks.effort_share", 0.0),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(name: str, value: Any) -> None:
    refuses(check_worker_run, WorkerPpoSettings(), name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_envs", 0),
        ("total_steps", 34_000_000),
        ("punched.after_steps", -1),
        ("punched.settling_steps", -1),
        ("punched.calm_shares", []),
        ("punched.punch_every", 0),
        ("punched.punch", -1.0),
        ("punched.extremities", -0.5),
        ("punched.walking_std", 0.0),
        ("punched.learning_rate", 0.0),
    ],
)
def test_what_makes_no_sense_of_stages_is_refused_by_name(name: str, value: Any) -> None:
    refuses(check_staged_worker_run, StagedWorkerSettings(), name, value)


def test_a_share_of_calm_worlds_that_is_too_large_is_named() -> None:
    settings = StagedWorkerSettings(punched=PunchedStage(calm_shares=[0.1, 0.75]))
    with pytest.raises(UserError, match=r"^punched.calm_shares=0.75 is not valid: it takes 0 to 0.5$"):
        check_staged_worker_run(settings)


def test_punches_from_the_beginning_take_a_worker_that_walks() -> None:
    settings = StagedWorkerSettings(punched=PunchedStage(after_steps=0))
    with pytest.raises(UserError, match="initial=DIR"):
        check_staged_worker_run(settings)
    settings.initial = "a worker"
    check_staged_worker_run(settings)


def refuses(check: Callable[[Any], None], settings: Any, name: str, value: Any) -> None:
    """The check passes the settings as they are, and refuses them by name with that value."""
    check(settings)
    *path, last = name.split(".")
    part = settings
    for step in path:
        part = getattr(part, step)
    setattr(part, last, value)
    with pytest.raises(UserError) as refused:
        check(settings)
    assert str(refused.value).startswith(f"{name}={value} is not valid: it takes")
