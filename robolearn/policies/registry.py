"""Policies by kind, to and from checkpoint folders. Only what is named here can come out of one."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from robolearn.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from robolearn.policies.agreement import require_agreement
from robolearn.policies.diffusion import DiffusionPolicy, DiffusionSettings
from robolearn.policies.residual import ResidualConfig
from robolearn.policies.residual_policy import ResidualPolicy
from robolearn.specification import TaskSpec
from robolearn.tensor_files import load_weights

DIFFUSION, RESIDUAL = "diffusion", "residual"


@dataclasses.dataclass
class ResidualPolicyConfig:
    """The configuration in a residual policy's checkpoint, beside that of its base."""

    base: DiffusionSettings
    residual: ResidualConfig
    action_scale: float


def save_policy(
    path: str | Path,
    policy: DiffusionPolicy | ResidualPolicy,
    spec: TaskSpec,
    metrics: Mapping[str, Any] | None = None,
    parent: str | None = None,
) -> None:
    """Write `policy` as a checkpoint folder that needs no other. Arguments and errors as `save_checkpoint`."""
    base = policy.base if isinstance(policy, ResidualPolicy) else policy
    save_checkpoint(
        path,
        kind=RESIDUAL if isinstance(policy, ResidualPolicy) else DIFFUSION,
        config=_config(policy),
        weights=_weights(policy),
        normalisation=_statistics(base),
        spec=spec,
        metrics=metrics,
        parent=parent,
    )


def load_policy(
    path: str | Path, device: str | torch.device = "cpu", expected: TaskSpec | None = None
) -> DiffusionPolicy | ResidualPolicy:
    """The policy in a checkpoint folder, or the best of a run directory, ready to act.

    expected: the task to act in, which must mean the same by its vectors; None for any

    Raises UserError, in one line, for anything that is missing, damaged, foreign, unknown or different.
    """
    return build_policy(load_checkpoint(path, KINDS), device, expected)


def build_policy(
    checkpoint: Checkpoint, device: str | torch.device = "cpu", expected: TaskSpec | None = None
) -> DiffusionPolicy | ResidualPolicy:
    """The policy that `checkpoint` holds; arguments and errors as `load_policy`."""
    if expected is not None:
        require_agreement(checkpoint.spec, expected, str(checkpoint.path))
    policy = KINDS[checkpoint.kind](checkpoint)
    load_weights(policy, checkpoint.weights | _named_statistics(checkpoint), str(checkpoint.path))
    return policy.to(device).eval().requires_grad_(False)
