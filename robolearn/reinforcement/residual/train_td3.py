"""`robolearn train algorithm=td3_residual`: the same residual learnt off-policy, with demonstrations."""

from typing import Any

from robolearn.devices import use_threads
from robolearn.reinforcement.residual.demonstrations import demonstration_replay
from robolearn.reinforcement.residual.policies import (
    FrozenBase,
    latent_diagnosis,
    load_demonstrations,
    residual_actor,
)
from robolearn.reinforcement.residual.settings import ResidualTd3Settings
from robolearn.reinforcement.residual.td3_trainer import Td3Trainer
from robolearn.reinforcement.residual.workplace import Workplace
from robolearn.training.session import Session


def train(settings: ResidualTd3Settings) -> dict[str, Any]:
    """Refine a frozen base policy; returns what `train.json` in the run's directory holds.

    Raises UserError for a base or dataset that is missing or of another task, and for a run that cannot
    go on.
    """
    use_threads(settings.num_threads)
    base = FrozenBase.load(settings.base, settings.seed)
    demonstrations = load_demonstrations(settings, base.spec)
    actor = residual_actor(settings, base, demonstrations, bounded=True)
    with Workplace(settings, base.policy, base.spec) as workplace:
        replay = demonstration_replay(demonstrations, workplace.correction) if demonstrations else None
        trainer = Td3Trainer(settings, workplace.worlds, actor, replay, latent_diagnosis(actor))
        return Session(settings, trainer, workplace.measurement(trainer), base.saver(settings, actor)).run()
