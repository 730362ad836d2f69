"""Settings that no worker can be trained with are refused by name."""

from typing import Any

import pytest

from robolearn.errors import UserError
from robolearn.reinforcement.run_checks import check_worker_run
from robolearn.reinforcement.settings import WorkerPpoSettings


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
        ("punched.after_steps", -1),
        ("punched.over_steps", -1),
        ("punched.punch_every", 0),
        ("punched.punch", -1.0),
        ("punched.walking_std", 0.0),
        ("punched.calm_share", 0.75),
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
    settings: Any = WorkerPpoSettings()
    check_worker_run(settings)
    *path, last = name.split(".")
    part = settings
    for step in path:
        part = getattr(part, step)
    setattr(part, last, value)
    with pytest.raises(UserError) as refused:
        check_worker_run(settings)
    assert str(refused.value).startswith(f"{name}={value} is not valid: it takes")
