"""`robolearn train algorithm=ppo_residual`: KORR, and ResiP with a plain network in its place."""

from typing import Any

from robolearn.reinforcement.ppo_trainer import PpoTrainer
from robolearn.reinforcement.residual_policies import (
    FrozenBase,
    latent_diagnosis,
    residual_actor,
    value_critic,
)
from robolearn.reinforcement.session import Session
from robolearn.reinforcement.settings import ResidualPpoSettings
from robolearn.reinforcement.workplace import Workplace


def train(settings: ResidualPpoSettings) -> dict[str, Any]:
    """Refine a frozen base policy; returns what `train.json` in the run's directory holds.

    Raises UserError for a base that is missing or of another task, and for a run that cannot go on.
    """
    base = FrozenBase.load(settings.base)
    workplace = Workplace(settings, base.policy, base.spec)
    actor = residual_actor(settings, base, bounded=False)
    critic = value_critic(settings, workplace.layout)
    trainer = PpoTrainer(settings, workplace.worlds, actor, critic, latent_diagnosis(actor))
    session = Session(settings, trainer, workplace.validation(trainer.residual), base.saver(settings, actor))
    try:
        return session.run()
    finally:
        workplace.close()
