"""`robolearn train algorithm=ppo_residual`: KORR, and ResiP with a plain network in its place."""

from typing import Any

from robolearn.devices import use_threads
from robolearn.reinforcement.residual.policies import (
    FrozenBase,
    latent_diagnosis,
    load_demonstrations,
    residual_actor,
    value_critic,
)
from robolearn.reinforcement.residual.ppo_trainer import PpoTrainer
from robolearn.reinforcement.residual.settings import ResidualPpoSettings
from robolearn.reinforcement.residual.workplace import Workplace
from robolearn.training.session import Session


def train(settings: ResidualPpoSettings) -> dict[str, Any]:
    """Refine a frozen base policy; returns what `train.json` in the run's directory holds.

    Raises UserError for a base or dataset that is missing or of another task, and for a run that cannot
    go on.
    """
    use_threads(settings.num_threads)
    base = FrozenBase.load(settings.base, settings.seed)
    actor = residual_actor(settings, base, load_demonstrations(settings, base.spec), bounded=False)
    with Workplace(settings, base.policy, base.spec) as workplace:
        critic = value_critic(settings, workplace.layout)
        trainer = PpoTrainer(settings, workplace.worlds, actor, critic, latent_diagnosis(actor))
        return Session(settings, trainer, workplace.measurement(trainer), base.saver(settings, actor)).run()
