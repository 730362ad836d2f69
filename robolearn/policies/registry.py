"""Policies by kind, to and from checkpoint folders. Only what is named here can come out of one."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from robolearn.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from robolearn.data.normalisation import MinMaxNormaliser
from robolearn.devices import device_named
from robolearn.policies.agreement import require_agreement
from robolearn.policies.diffusion import DiffusionPolicy
from robolearn.policies.residual import ResidualConfig
from robolearn.policies.residual_actors import make_residual_actor
from robolearn.policies.residual_policy import ResidualPolicy
from robolearn.policies.settings import DiffusionSettings
from robolearn.policies.typed_json import from_json
from robolearn.specification import TaskSpec
from robolearn.tensor_files import load_weights, require_shapes

DIFFUSION, RESIDUAL = "diffusion", "residual"

VECTORS = ("observation", "action")
"""What a base policy normalises; a checkpoint holds the minimum and the maximum of each."""

AnyPolicy = DiffusionPolicy | ResidualPolicy


@dataclasses.dataclass
class ResidualPolicyConfig:
    """The configuration in a residual policy's checkpoint, which carries its base too."""

    base: DiffusionSettings
    residual: ResidualConfig
    action_scale: float


def save_policy(
    path: str | Path,
    policy: AnyPolicy,
    spec: TaskSpec,
    metrics: Mapping[str, Any] | None = None,
    parent: str | None = None,
) -> None:
    """Write `policy` as a checkpoint folder that needs no other; arguments as for `save_checkpoint`."""
    base = policy.base if isinstance(policy, ResidualPolicy) else policy
    statistics = _statistics(base)
    names = {_place(policy, name) for name in statistics}
    save_checkpoint(
        path,
        kind=RESIDUAL if isinstance(policy, ResidualPolicy) else DIFFUSION,
        config=_config(policy),
        weights={name: value for name, value in policy.state_dict().items() if name not in names},
        normalisation=statistics,
        spec=spec,
        metrics=metrics,
        parent=parent,
    )


def load_policy(
    path: str | Path, device: str | torch.device = "cpu", expected: TaskSpec | None = None
) -> AnyPolicy:
    """The policy in a checkpoint folder, or the best of a run directory, ready to act.

    expected: the task to act in, which must mean the same by its vectors; None for any

    Raises UserError, in one line, for anything that is missing, damaged, foreign, unknown or different.
    """
    return build_policy(load_checkpoint(path, KINDS), device, expected)


def build_policy(
    checkpoint: Checkpoint, device: str | torch.device = "cpu", expected: TaskSpec | None = None
) -> AnyPolicy:
    """The policy that `checkpoint` holds; arguments and errors as `load_policy`."""
    if expected is not None:
        require_agreement(checkpoint.spec, expected, str(checkpoint.path))
    origin = str(checkpoint.path)
    sizes = {"observation": checkpoint.spec.observation.size, "action": checkpoint.spec.action.size}
    shapes = {f"{name}.{bound}": (sizes[name],) for name in VECTORS for bound in ("minimum", "maximum")}
    require_shapes(checkpoint.normalisation, shapes, f"{origin}: normalisation")
    with torch.random.fork_rng(devices=[]):  # Initial weights are about to be replaced: draw none for good.
        policy = KINDS[checkpoint.kind](checkpoint, f"{origin}: config")
    statistics = {_place(policy, name): value for name, value in checkpoint.normalisation.items()}
    load_weights(policy, checkpoint.weights | statistics, origin)
    return policy.to(device_named(device)).eval().requires_grad_(False)


def _diffusion(checkpoint: Checkpoint, origin: str) -> DiffusionPolicy:
    return _base(from_json(DiffusionSettings, checkpoint.config, origin), checkpoint)


def _residual(checkpoint: Checkpoint, origin: str) -> ResidualPolicy:
    config = from_json(ResidualPolicyConfig, checkpoint.config, origin)
    actor = make_residual_actor(config.residual)
    return ResidualPolicy(_base(config.base, checkpoint), actor, config.action_scale)


KINDS: Mapping[str, Callable[[Checkpoint, str], AnyPolicy]] = {DIFFUSION: _diffusion, RESIDUAL: _residual}
"""How each kind is built, weights still to be loaded; the string says where its config is from."""


def _base(settings: DiffusionSettings, checkpoint: Checkpoint) -> DiffusionPolicy:
    bounds = checkpoint.normalisation
    observation, action = (
        MinMaxNormaliser(bounds[f"{name}.minimum"], bounds[f"{name}.maximum"]) for name in VECTORS
    )
    return DiffusionPolicy(settings, checkpoint.spec, observation, action)


def _config(policy: AnyPolicy) -> dict[str, Any]:
    if isinstance(policy, DiffusionPolicy):
        return dataclasses.asdict(policy.settings)
    config = ResidualPolicyConfig(policy.base.settings, policy.actor.config, policy.action_scale)
    return dataclasses.asdict(config)


def _statistics(base: DiffusionPolicy) -> dict[str, Tensor]:
    normalisers = (base.observation_normaliser, base.action_normaliser)
    pairs = zip(VECTORS, normalisers, strict=True)
    return {f"{name}.{bound}": value for name, part in pairs for bound, value in part.state_dict().items()}


def _place(policy: AnyPolicy, statistic: str) -> str:
    """Where in the policy's `state_dict` a statistic is: "action.minimum" in `action_normaliser.minimum`."""
    vector, bound = statistic.split(".")
    return f"{'base.' if isinstance(policy, ResidualPolicy) else ''}{vector}_normaliser.{bound}"
