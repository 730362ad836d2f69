"""`robolearn train algorithm=dagger`: the G1's manager from a privileged teacher."""

from pathlib import Path
from typing import Any

from robolearn.checks import check_at_least, check_positive
from robolearn.devices import use_threads
from robolearn.errors import unknown_name
from robolearn.imitation.dagger_trainer import METHODS, DaggerTrainer
from robolearn.imitation.settings import DaggerSettings
from robolearn.policies.manager.manager_policy import ManagerPolicy
from robolearn.policies.registry import save_policy
from robolearn.reinforcement.episodes import AutoResetEnvironment
from robolearn.reinforcement.seeds import training_stream
from robolearn.training.initial_weights import drawn_from
from robolearn.training.manager_settings import check_manager_run
from robolearn.training.session import Measurement, Session


def train(settings: DaggerSettings) -> dict[str, Any]:
    """Train a manager; returns what `train.json` in the run's directory holds.

    Raises UserError for settings that make no sense, a worker that is none, and a run that cannot go on.
    """
    from envs.humanoid.reach.training import teacher_of, training_environment

    _check(settings)
    use_threads(settings.num_threads)
    environment = training_environment(settings)
    with drawn_from(settings.seed):
        policy = ManagerPolicy(settings.networks, environment.spec)
    episodes = AutoResetEnvironment(environment, training_stream(settings.seed))
    teacher = teacher_of(environment, settings.teacher)
    trainer = DaggerTrainer(settings.dagger, settings.seed, episodes, policy, teacher)

    def save(path: Path, metrics: dict[str, Any]) -> None:
        save_policy(path, policy, environment.spec, metrics)

    return Session(settings, trainer, Measurement(dict, 0), save).run()


def _check(settings: DaggerSettings) -> None:
    check_manager_run(settings)
    dagger = settings.dagger
    if dagger.method not in METHODS:
        raise unknown_name("dagger.method", dagger.method, METHODS)
    counts = (
        "rollout_steps",
        "epochs",
        "minibatches",
        "aggregate_every",
        "aggregate_samples",
        "aggregate_batch",
    )
    check_at_least(1, **{f"dagger.{name}": getattr(dagger, name) for name in counts})
    check_positive(**{"dagger.learning_rate": dagger.learning_rate})
