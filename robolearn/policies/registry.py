"""Policies by kind, to and from checkpoint folders. Only what is named here can come out of one."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch

from robolearn.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from robolearn.data.normalisation import MinMaxNormaliser
from robolearn.devices import device_named
from robolearn.policies.agreement import require_agreement
from robolearn.policies.diffusion import DiffusionPolicy
from robolearn.policies.manager.manager_policy import ManagerPolicy
from robolearn.policies.manager.settings import ManagerNetworks
from robolearn.policies.policy import Policy
from robolearn.policies.residual import ResidualConfig
from robolearn.policies.residual_actors import make_residual_actor
from robolearn.policies.residual_policy import ResidualPolicy
from robolearn.policies.settings import DiffusionSettings
from robolearn.policies.typed_json import from_json
from robolearn.policies.worker.worker_policy import WorkerConfig, WorkerPolicy
from robolearn.specification import TaskSpec
from robolearn.tensor_files import load_weights, require_shapes

DIFFUSION, RESIDUAL, WORKER, MANAGER = "diffusion", "residual", "worker", "manager"


@dataclass
class ResidualPolicyConfig:
    """The configuration in a residual policy's checkpoint, which carries its base too."""

    base: DiffusionSettings
    residual: ResidualConfig
    action_scale: float


@dataclass(frozen=True)
class Kind:
    """How a kind of policy is kept in a checkpoint.

    policy: its class
    config: all that it is built from besides weights and specification
    build: from a checkpoint, weights still to be loaded; the string says where its config is from
    statistics: names in the checkpoint's normalisation, and in the policy's `state_dict`; what comes before
        the dot is the vector, "observation" or "action", that has as many entries
    """

    policy: type[Policy]
    config: Callable[[Any], dict[str, Any]]
    build: Callable[[Checkpoint, str], Policy]
    statistics: Mapping[str, str]


def save_policy(
    path: str | Path,
    policy: Policy,
    spec: TaskSpec,
    metrics: Mapping[str, Any] | None = None,
    parent: str | None = None,
) -> None:
    """Write `policy` as a checkpoint folder that needs no other; arguments as for `save_checkpoint`."""
    name, kind = next((name, kind) for name, kind in KINDS.items() if type(policy) is kind.policy)
    tensors = policy.state_dict()
    save_checkpoint(
        path,
        kind=name,
        config=kind.config(policy),
        weights={name: value for name, value in tensors.items() if name not in kind.statistics.values()},
        normalisation={statistic: tensors[place] for statistic, place in kind.statistics.items()},
        spec=spec,
        metrics=metrics,
        parent=parent,
    )


def load_policy(
    path: str | Path, device: str | torch.device = "cpu", expected: TaskSpec | None = None
) -> Policy:
    """The policy in a checkpoint folder, or the best of a run directory, ready to act.

    expected: the task to act in, which must mean the same by its vectors; None for any

    Raises UserError, in one line, for anything that is missing, damaged, foreign, unknown or different.
    """
    return build_policy(load_checkpoint(path, KINDS), device, expected)


def build_policy(
    checkpoint: Checkpoint, device: str | torch.device = "cpu", expected: TaskSpec | None = None
) -> Policy:
    """The policy that `checkpoint` holds; arguments and errors as `load_policy`."""
    if expected is not None:
        require_agreement(checkpoint.spec, expected, str(checkpoint.path))
    kind, origin = KINDS[checkpoint.kind], str(checkpoint.path)
    sizes = {"observation": checkpoint.spec.observation.size, "action": checkpoint.spec.action.size}
    shapes = {statistic: (sizes[statistic.split(".")[0]],) for statistic in kind.statistics}
    require_shapes(checkpoint.normalisation, shapes, f"{origin}: normalisation")
    with torch.random.fork_rng(devices=[]):  # Initial weights are about to be replaced: draw none for good.
        policy = kind.build(checkpoint, f"{origin}: config")
    statistics = {kind.statistics[name]: value for name, value in checkpoint.normalisation.items()}
    load_weights(policy, checkpoint.weights | statistics, origin)
    return policy.to(device_named(device)).eval().requires_grad_(False)


def _diffusion(checkpoint: Checkpoint, origin: str) -> DiffusionPolicy:
    return _base(from_json(DiffusionSettings, checkpoint.config, origin), checkpoint)


def _residual(checkpoint: Checkpoint, origin: str) -> ResidualPolicy:
    config = from_json(ResidualPolicyConfig, checkpoint.config, origin)
    actor = make_residual_actor(config.residual)
    return ResidualPolicy(_base(config.base, checkpoint), actor, config.action_scale)


def _worker(checkpoint: Checkpoint, origin: str) -> WorkerPolicy:
    return WorkerPolicy(from_json(WorkerConfig, checkpoint.config, origin), checkpoint.spec)


def _manager(checkpoint: Checkpoint, origin: str) -> ManagerPolicy:
    return ManagerPolicy(from_json(ManagerNetworks, checkpoint.config, origin), checkpoint.spec)


def _base(settings: DiffusionSettings, checkpoint: Checkpoint) -> DiffusionPolicy:
    bounds = checkpoint.normalisation
    observation, action = (
        MinMaxNormaliser(bounds[f"{name}.minimum"], bounds[f"{name}.maximum"])
        for name in ("observation", "action")
    )
    return DiffusionPolicy(settings, checkpoint.spec, observation, action)


def _residual_config(policy: ResidualPolicy) -> dict[str, Any]:
    config = ResidualPolicyConfig(policy.base.settings, policy.actor.config, policy.action_scale)
    return dataclasses.asdict(config)


def _bounds(prefix: str = "") -> dict[str, str]:
    """Statistics of a diffusion policy whose tensors' names begin with `prefix`."""
    pairs = [(vector, bound) for vector in ("observation", "action") for bound in ("minimum", "maximum")]
    return {f"{vector}.{bound}": f"{prefix}{vector}_normaliser.{bound}" for vector, bound in pairs}


_MEAN_AND_SCALE: Final = {"observation.mean": "observation_mean", "observation.scale": "observation_scale"}

KINDS: Final[Mapping[str, Kind]] = {
    DIFFUSION: Kind(
        DiffusionPolicy, lambda policy: dataclasses.asdict(policy.settings), _diffusion, _bounds()
    ),
    RESIDUAL: Kind(ResidualPolicy, _residual_config, _residual, _bounds("base.")),
    WORKER: Kind(
        WorkerPolicy,
        lambda policy: dataclasses.asdict(policy.config),
        _worker,
        _MEAN_AND_SCALE,
    ),
    MANAGER: Kind(ManagerPolicy, lambda policy: dataclasses.asdict(policy.config), _manager, _MEAN_AND_SCALE),
}
