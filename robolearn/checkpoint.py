"""A checkpoint is a folder of safetensors and JSON that carries all that deployment needs.

`checkpoint.json` holds the policy's kind and configuration, the task's specification, the version of the
code, metrics, and the seal (SHA-256, size, names and shapes) of `weights.safetensors` and
`normalisation.safetensors`.
A run keeps the state that training goes on from in a folder of its own, `training_state`.
"""

import functools
import shutil
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from torch import Tensor

from robolearn.errors import UserError, unknown_name
from robolearn.paths import repository_root
from robolearn.specification import TaskSpec
from robolearn.storage import existing_directory, new_directory, read_json, write_json
from robolearn.tensor_files import read_tensors, write_tensors

FORMAT = "robolearn checkpoint 1"
STATE_FORMAT = "robolearn training state 1"
RECORD, WEIGHTS, NORMALISATION = "checkpoint.json", "weights.safetensors", "normalisation.safetensors"
MODEL_CARD = "README.md"
STATE_RECORD, STATE_TENSORS = "state.json", "state.safetensors"
RUN_CHECKPOINTS = ("best", "checkpoint")
"""Folders of a run directory that a policy is taken from, the first that exists."""


@dataclass
class Checkpoint:
    """What a checkpoint folder holds.

    path: the folder it came from
    kind: the policy's name in `robolearn.policies.registry`
    config: all that the policy is built from
    weights, normalisation: named tensors on the CPU
    spec: the task's observation, action and rate
    code_version: "package", and "commit" where it was written from a checkout
    metrics: what is known about how well it does
    parent: the `identity` of the checkpoint that this one refines, or None
    """

    path: Path
    kind: str
    config: dict[str, Any]
    weights: dict[str, Tensor]
    normalisation: dict[str, Tensor]
    spec: TaskSpec
    code_version: dict[str, str]
    metrics: dict[str, Any] = field(default_factory=dict)
    parent: str | None = None
    identity: str = ""


def save_checkpoint(
    path: str | Path,
    *,
    kind: str,
    config: Mapping[str, Any],
    weights: Mapping[str, Tensor],
    normalisation: Mapping[str, Tensor],
    spec: TaskSpec,
    metrics: Mapping[str, Any] | None = None,
    parent: str | None = None,
) -> None:
    """Write a checkpoint folder, replacing an older one atomically; its model card stays.

    Raises UserError for a folder that holds anything else or statistics that do not fit, and as
    `storage.disk_errors`.
    """
    folder = Path(path)
    _refuse_foreign_folder(folder)
    _check_statistics(normalisation, spec, str(folder))
    with new_directory(folder) as new:
        files = {
            WEIGHTS: write_tensors(new / WEIGHTS, weights),
            NORMALISATION: write_tensors(new / NORMALISATION, normalisation),
        }
        record = {
            "format": FORMAT,
            "kind": kind,
            "config": dict(config),
            "spec": spec.to_json(),
            "code_version": code_version(),
            "metrics": dict(metrics or {}),
            "parent": parent,
            "files": files,
        }
        write_json(new / RECORD, record)
        if (folder / MODEL_CARD).is_file():
            shutil.copy2(folder / MODEL_CARD, new / MODEL_CARD)


def load_checkpoint(path: str | Path, kinds: Collection[str] | None = None) -> Checkpoint:
    """Read a checkpoint folder, or the best one of a run directory.

    kinds: the policies that can be built here; None for any

    Raises UserError, in one line, for anything that is missing, truncated, foreign, changed or unknown.
    """
    folder = find_checkpoint(path)
    record = _read_record(folder / RECORD, FORMAT)
    try:
        kind, spec, files = str(record["kind"]), TaskSpec.from_json(record["spec"]), record["files"]
        tensors = {name: read_tensors(folder / name, files[name]) for name in (WEIGHTS, NORMALISATION)}
        checkpoint = Checkpoint(
            path=folder,
            kind=kind,
            config=dict(record["config"]),
            weights=tensors[WEIGHTS],
            normalisation=tensors[NORMALISATION],
            spec=spec,
            code_version=dict(record["code_version"]),
            metrics=dict(record["metrics"]),
            parent=record["parent"],
            identity=files[WEIGHTS]["sha256"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{folder / RECORD} is damaged: {type(error).__name__} {error}") from error
    if kinds is not None and kind not in kinds:
        raise unknown_name(f"policy kind in {folder / RECORD}", kind, kinds)
    _check_statistics(checkpoint.normalisation, spec, str(folder / NORMALISATION))
    return checkpoint


def find_checkpoint(path: str | Path) -> Path:
    """The checkpoint folder that `path` names: itself, or the best of a run directory."""
    given = Path(path)
    for candidate in (given, *(given / name for name in RUN_CHECKPOINTS)):
        folder = existing_directory(candidate)
        if (folder / RECORD).is_file():
            return folder
    if not given.exists():
        raise UserError(f"checkpoint {given} does not exist")
    if given.is_file():
        raise UserError(f"checkpoint {given} is a file: a checkpoint is a folder with {RECORD}")
    raise UserError(f"{given} is not a checkpoint: {RECORD} is missing")


def save_training_state(
    path: str | Path, tensors: Mapping[str, Tensor], json_state: Mapping[str, Any]
) -> None:
    """Write what training goes on from, replacing an older state atomically.

    Only this folder is read when going on, so it must hold the weights too: a kill may leave it older than
    the checkpoint beside it. Raises as `storage.disk_errors`.
    """
    with new_directory(Path(path)) as new:
        seal = write_tensors(new / STATE_TENSORS, tensors)
        write_json(new / STATE_RECORD, {"format": STATE_FORMAT, "state": dict(json_state), "tensors": seal})


def load_training_state(path: str | Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and JSON state that `save_training_state` wrote. Raises UserError as `load_checkpoint`."""
    folder = existing_directory(Path(path))
    if not folder.is_dir():
        raise UserError(f"nothing to go on from: {path} does not exist")
    record = _read_record(folder / STATE_RECORD, STATE_FORMAT)
    try:
        return read_tensors(folder / STATE_TENSORS, record["tensors"]), dict(record["state"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{folder / STATE_RECORD} is damaged: {type(error).__name__} {error}") from error


@functools.cache
def code_version() -> dict[str, str]:
    """The package's version and, in a checkout, its commit (with "-dirty" when files differ from it)."""
    try:
        found = {"package": version("robolearn")}
    except PackageNotFoundError:
        found = {"package": "not installed"}
    root = repository_root()
    if root is not None and (root / ".git").exists() and shutil.which("git"):
        command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            found["commit"] = answer.stdout.strip()
    return found


def _read_record(path: Path, expected_format: str) -> dict[str, Any]:
    record = read_json(path)
    if record.get("format") != expected_format:
        raise UserError(f"{path} has format {record.get('format')!r}, expected '{expected_format}'")
    return record


def _refuse_foreign_folder(folder: Path) -> None:
    if not folder.is_dir():
        return
    own = {RECORD, WEIGHTS, NORMALISATION, MODEL_CARD}
    if foreign := sorted(entry.name for entry in folder.iterdir() if entry.name not in own):
        raise UserError(
            f"cannot save a checkpoint to {folder}: it holds other things, such as '{foreign[0]}'"
        )


def _check_statistics(normalisation: Mapping[str, Tensor], spec: TaskSpec, origin: str) -> None:
    """Statistics are finite, and vectors named for the observation or the action fit the specification."""
    for name, value in normalisation.items():
        if value.is_floating_point() and not bool(value.isfinite().all()):
            raise UserError(f"{origin}: statistic '{name}' is not finite")
        for vector, size in (("observation", spec.observation.size), ("action", spec.action.size)):
            if vector in name.split(".") and value.ndim == 1 and value.numel() != size:
                raise UserError(
                    f"{origin}: statistic '{name}' has {value.numel()} entries, the task's {vector} {size}"
                )
