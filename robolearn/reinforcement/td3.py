"""`robolearn train algorithm=td3_residual`: the same residual learnt off-policy, with demonstrations."""

from typing import Any

from robolearn.data.demonstrations import load_dataset
from robolearn.errors import UserError
from robolearn.reinforcement.demonstrations import demonstration_replay
from robolearn.reinforcement.replay import Replay
from robolearn.reinforcement.residual_policies import FrozenBase, latent_diagnosis, residual_actor
from robolearn.reinforcement.session import Session
from robolearn.reinforcement.settings import ResidualTd3Settings
from robolearn.reinforcement.td3_trainer import Td3Trainer
from robolearn.reinforcement.workplace import Workplace


def train(settings: ResidualTd3Settings) -> dict[str, Any]:
    """Refine a frozen base policy; returns what `train.json` in the run's directory holds.

    Raises UserError for a base or dataset that is missing or of another task, or a run that cannot go on.
    """
    base = FrozenBase.load(settings.base)
    workplace = Workplace(settings, base.policy, base.spec)
    actor = residual_actor(settings, base, bounded=True)
    demonstrations = _demonstrations(settings, workplace)
    diagnosis = latent_diagnosis(actor)
    trainer = Td3Trainer(settings, workplace.worlds, actor, demonstrations, diagnosis)
    session = Session(settings, trainer, workplace.validation(trainer.residual), base.saver(settings, actor))
    try:
        return session.run()
    finally:
        workplace.close()


def _demonstrations(settings: ResidualTd3Settings, workplace: Workplace) -> Replay | None:
    if settings.dataset is None:
        return None
    demonstrations = load_dataset(settings.dataset)
    if demonstrations.spec.name != workplace.spec.name:
        raise UserError(
            f"dataset={settings.dataset} is of task '{demonstrations.spec.name}', not '{workplace.spec.name}'"
        )
    if not bool(demonstrations.success.any()):
        raise UserError(f"dataset={settings.dataset} holds no successful episode")
    return demonstration_replay(demonstrations, workplace.correction)
