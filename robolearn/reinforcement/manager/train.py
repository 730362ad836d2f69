"""`robolearn train algorithm=ppo_manager`: the G1's manager without a teacher, for comparison."""

from pathlib import Path
from typing import Any

from robolearn.devices import use_threads
from robolearn.policies.manager.manager_policy import ManagerPolicy
from robolearn.policies.registry import save_policy
from robolearn.policies.worker.mirror import Mirror
from robolearn.policies.worker.networks import MirroredPerceptron, unmirrored
from robolearn.reinforcement.manager.manager_episodes import ManagerEpisodes
from robolearn.reinforcement.manager.settings import ManagerPpoSettings
from robolearn.reinforcement.manager.trainer import ManagerTrainer
from robolearn.reinforcement.seeds import training_stream
from robolearn.reinforcement.settings import check_optimisation
from robolearn.training.initial_weights import drawn_from
from robolearn.training.manager_settings import check_manager_run
from robolearn.training.session import Measurement, Session


def train(settings: ManagerPpoSettings) -> dict[str, Any]:
    """Train a manager; returns what `train.json` in the run's directory holds.

    Raises UserError for settings that make no sense, a worker that is none, and a run that cannot go on.
    """
    from envs.humanoid.reach.training import training_environment

    check_manager_run(settings)
    check_optimisation(settings.ppo)
    use_threads(settings.num_threads)
    environment = training_environment(settings)
    frames = Mirror.of(environment.spec.observation.names).repeated(len(settings.networks.lags))
    with drawn_from(settings.seed):
        policy = ManagerPolicy(settings.networks, environment.spec)
        critic = MirroredPerceptron(frames, settings.critic_hidden, unmirrored(1), last_gain=1.0)
    episodes = ManagerEpisodes(environment, policy, training_stream(settings.seed))

    def save(path: Path, metrics: dict[str, Any]) -> None:
        save_policy(path, policy, environment.spec, metrics)

    return Session(settings, ManagerTrainer(settings, episodes, critic), Measurement(dict, 0), save).run()
