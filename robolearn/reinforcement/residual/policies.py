"""Between training and policies: loading the frozen base, making the networks, saving the result."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from robolearn.checkpoint import load_checkpoint
from robolearn.data.demonstrations import Demonstrations, load_dataset
from robolearn.errors import UserError
from robolearn.koopman.latent import diagnose
from robolearn.koopman.model import KoopmanModel
from robolearn.policies.agreement import require_agreement
from robolearn.policies.critic import Critic
from robolearn.policies.diffusion import DiffusionPolicy
from robolearn.policies.registry import DIFFUSION, KINDS, build_policy, save_policy
from robolearn.policies.residual import ResidualActor, ResidualConfig
from robolearn.policies.residual_actors import make_residual_actor
from robolearn.policies.residual_policy import ResidualPolicy
from robolearn.reinforcement.residual.residual_environment import ResidualLayout
from robolearn.reinforcement.residual.settings import ResidualSettings
from robolearn.reinforcement.residual.trainer import Diagnosis
from robolearn.specification import TaskSpec
from robolearn.training.initial_weights import drawn_from
from robolearn.training.session import SavePolicy


@dataclass(frozen=True)
class FrozenBase:
    """A base policy from its checkpoint, with its random sequence at the run's seed.

    spec: the task that it was trained for; identity: of its checkpoint
    """

    policy: DiffusionPolicy
    spec: TaskSpec
    identity: str

    @classmethod
    def load(cls, path: str, seed: int) -> "FrozenBase":
        """Raises UserError for anything but a base policy's checkpoint."""
        checkpoint = load_checkpoint(path, KINDS)
        policy = build_policy(checkpoint)
        if not isinstance(policy, DiffusionPolicy):
            raise UserError(
                f"base={path} is a {checkpoint.kind} policy: a residual refines a {DIFFUSION} policy"
            )
        policy.seed(seed)
        return cls(policy, checkpoint.spec, checkpoint.identity)

    def saver(self, settings: ResidualSettings, actor: ResidualActor) -> SavePolicy:
        """Writes base and actor as one policy, as they are at each call."""
        policy = ResidualPolicy(self.policy, actor, settings.action_scale)

        def save(path: Path, metrics: dict[str, Any]) -> None:
            save_policy(path, policy, self.spec, metrics, parent=self.identity)

        return save


def load_demonstrations(settings: ResidualSettings, spec: TaskSpec) -> Demonstrations | None:
    """The successful episodes of `dataset`, if one is given. Raises UserError unless they are of the task."""
    if settings.dataset is None:
        return None
    demonstrations = load_dataset(settings.dataset)
    require_agreement(demonstrations.spec, spec, f"dataset={settings.dataset}")
    if not bool(demonstrations.success.any()):
        raise UserError(f"dataset={settings.dataset} holds no successful episode")
    return demonstrations.select(demonstrations.success.nonzero().squeeze(1))


def residual_actor(
    settings: ResidualSettings, base: FrozenBase, demonstrations: Demonstrations | None, *, bounded: bool
) -> ResidualActor:
    """The actor that `settings.networks` describes, its weights drawn from the run's seed.

    bounded: its residuals stay within [-1, 1]

    Raises UserError for an unknown actor, and for a goal without demonstrations.
    """
    networks = settings.networks
    config = ResidualConfig(
        actor=networks.actor,
        context_size=base.policy.context_size,
        action_size=base.spec.action.size,
        lifted_size=networks.lifted_size,
        hidden_size=networks.hidden_size,
        goal=networks.goal,
        detach=networks.detach,
        bounded=bounded,
        stop_target_gradient=networks.stop_target_gradient,
        initialisation=networks.initialisation,
    )
    with drawn_from(settings.seed):
        actor = make_residual_actor(config)
    if networks.goal:
        if demonstrations is None:
            raise UserError("networks.goal=true takes the goal from a demonstration: give dataset=DIR")
        actor.set_goal(goal_observation(base.policy, demonstrations))
    return actor


def goal_observation(base: DiffusionPolicy, demonstrations: Demonstrations) -> Tensor:
    """Context (C,) of the first episode's last observation: the task is about to be done.

    The published one is a step later, right after the reward (A.6); datasets hold observations before steps.
    """
    last = int(demonstrations.episode_starts[1]) - 1
    return base.context(demonstrations.observation[last, None])[0]


def value_critic(settings: ResidualSettings, layout: ResidualLayout) -> Critic:
    """PPO's critic, its weights drawn from the run's seed."""
    with drawn_from(settings.seed):
        return Critic(layout.context_size, layout.action_size, settings.networks.hidden_size)


def latent_diagnosis(actor: ResidualActor) -> Diagnosis:
    """Of the actor's latent; nothing for actors without one."""
    model = actor.dynamics
    return (lambda observation: diagnose(model, observation)) if isinstance(model, KoopmanModel) else _nothing


def _nothing(observation: Tensor) -> dict[str, float]:
    return {}
