"""`robolearn train algorithm=ppo_worker`: the G1's whole-body worker from scratch."""

from pathlib import Path
from typing import Any

from torch import nn

from robolearn.devices import use_threads
from robolearn.errors import UserError
from robolearn.policies.registry import load_policy, save_policy
from robolearn.policies.worker.networks import MirroredPerceptron, unmirrored
from robolearn.policies.worker.worker_policy import WorkerPolicy
from robolearn.reinforcement.seeds import training_stream
from robolearn.reinforcement.worker.checks import check_worker_run
from robolearn.reinforcement.worker.settings import WorkerPpoSettings
from robolearn.reinforcement.worker.trainer import WorkerTrainer
from robolearn.reinforcement.worker.worker_episodes import WorkerEpisodes
from robolearn.training.initial_weights import drawn_from
from robolearn.training.session import Measurement, SavePolicy, Session


def train(settings: WorkerPpoSettings) -> dict[str, Any]:
    """Train a worker; returns what `train.json` in the run's directory holds.

    Raises UserError for settings that make no sense, and for a run that cannot go on.
    """
    trainer = make_trainer(settings)
    never = Measurement(dict, 0)
    return Session(settings, trainer, never, _saver(trainer.policy)).run()


def make_trainer(settings: WorkerPpoSettings) -> WorkerTrainer:
    """A trainer with the run's initial weights. Raises UserError for settings that make no sense."""
    from envs.humanoid.worker_training import make_worker, training_environment

    check_worker_run(settings)
    use_threads(settings.num_threads)
    environment = training_environment(settings)
    with drawn_from(settings.seed):
        policy = make_worker(environment.spec, settings.networks)
        if settings.initial is not None:
            _begin_from(settings.initial, policy)
        stream, share = training_stream(settings.seed), settings.privileged_share
        episodes = WorkerEpisodes(environment, policy.to(environment.device), stream, share)
        critic = _critic(settings, episodes)
    episodes.level = settings.curriculum.start
    episodes.calm_share = settings.calm_share
    return WorkerTrainer(settings, episodes, critic)


def _begin_from(path: str, policy: WorkerPolicy) -> None:
    """Take over a worker's networks. Raises UserError for a checkpoint that they do not fit in."""
    other = load_policy(path, expected=policy.spec)
    if not isinstance(other, WorkerPolicy) or other.config != policy.config:
        raise UserError(f"{path} holds no worker with these networks, postures and scales: initial takes one")
    policy.network.load_state_dict(other.network.state_dict())


def _critic(settings: WorkerPpoSettings, episodes: WorkerEpisodes) -> nn.Module:
    hidden = settings.networks.critic_hidden
    return MirroredPerceptron(episodes.critic_mirror, hidden, unmirrored(1), last_gain=1.0)


def _saver(policy: WorkerPolicy) -> SavePolicy:
    def save(path: Path, metrics: dict[str, Any]) -> None:
        save_policy(path, policy, policy.spec, metrics)

    return save
