"""`robolearn train algorithm=behaviour_cloning`: a diffusion policy from demonstrations."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from robolearn.checks import check_at_least, check_positive
from robolearn.data.demonstrations import Demonstrations, load_dataset
from robolearn.data.normalisation import MinMaxNormaliser
from robolearn.data.split import split_episodes
from robolearn.devices import device_named, use_threads
from robolearn.errors import UserError
from robolearn.imitation.cloning_trainer import CloningTrainer
from robolearn.imitation.held_out import HeldOut
from robolearn.imitation.settings import BehaviourCloningSettings
from robolearn.policies.diffusion import DiffusionPolicy
from robolearn.policies.registry import save_policy
from robolearn.training.initial_weights import drawn_from
from robolearn.training.session import Measurement, Session


def train(settings: BehaviourCloningSettings) -> dict[str, Any]:
    """Train a base policy; returns what `train.json` in the run's directory holds.

    Raises UserError for a dataset that is missing, damaged or of another task, settings that make no sense,
    and a run that cannot go on.
    """
    _check(settings)
    use_threads(settings.num_threads)
    demonstrations = _successful(settings)
    training, held_out = split_episodes(demonstrations, settings.held_out_fraction, settings.seed)
    policy = _untrained(settings, training)
    trainer = CloningTrainer(settings, policy, _normalised(training, policy))

    def save(path: Path, metrics: dict[str, Any]) -> None:
        save_policy(path, trainer.policy, demonstrations.spec, metrics)

    measurement = _measurement(settings, trainer.policy, _normalised(held_out, policy))
    return Session(settings, trainer, measurement, save).run()


def _check(settings: BehaviourCloningSettings) -> None:
    check_at_least(1, total_steps=settings.total_steps, steps_per_iteration=settings.steps_per_iteration)
    check_at_least(0, seed=settings.seed, measure_every=settings.measure_every)
    check_positive(**{"optimisation.learning_rate": settings.optimisation.learning_rate})
    check_at_least(0, **{"optimisation.near_steps": settings.optimisation.near_steps})
    check_positive(
        **{
            "optimisation.near_weight": settings.optimisation.near_weight,
            "optimisation.metre_weight": settings.optimisation.metre_weight,
        }
    )
    decay = settings.optimisation.average_decay
    if not 0.0 <= decay < 1.0:
        raise UserError(f"optimisation.average_decay={decay} is not valid: choose 0 to below 1")


def _successful(settings: BehaviourCloningSettings) -> Demonstrations:
    """The dataset's successful episodes."""
    demonstrations = load_dataset(settings.dataset)
    if demonstrations.spec.name != settings.task:
        raise UserError(
            f"dataset={settings.dataset} is of task '{demonstrations.spec.name}', not '{settings.task}'"
        )
    if not bool(demonstrations.success.any()):
        raise UserError(f"dataset={settings.dataset} holds no successful episode")
    return demonstrations.select(demonstrations.success.nonzero().squeeze(1))


def _untrained(settings: BehaviourCloningSettings, demonstrations: Demonstrations) -> DiffusionPolicy:
    """A policy with the run's own initial weights, and the demonstrations' statistics."""
    observation = MinMaxNormaliser.fit(demonstrations.observation)
    action = MinMaxNormaliser.fit(demonstrations.action)
    device = device_named(settings.device)
    with drawn_from(settings.seed):
        return DiffusionPolicy(settings.policy, demonstrations.spec, observation, action).to(device)


def _normalised(demonstrations: Demonstrations, policy: DiffusionPolicy) -> Demonstrations:
    """What the networks see of `demonstrations`, on the policy's device."""
    moved = demonstrations.to(policy.device)
    return replace(
        moved,
        observation=policy.context(moved.observation),
        action=policy.action_normaliser.normalise(moved.action),
    )


def _measurement(
    settings: BehaviourCloningSettings, policy: DiffusionPolicy, held_out: Demonstrations
) -> Measurement:
    """No score: the newest policy is the one to keep, since the denoising error says little about success."""
    if not held_out.num_episodes:
        return Measurement(dict, every_iterations=0)
    measure = HeldOut(policy, held_out, settings.seed).measure
    return Measurement(measure, settings.measure_every)
