"""`robolearn retarget`: hand trajectories of another robot into a dataset of the G1's whole-body actions."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from robolearn.checkpoint import load_checkpoint
from robolearn.checks import check_at_least, check_positive
from robolearn.errors import unknown_name
from robolearn.paths import shipped_checkpoint
from robolearn.policies.registry import MANAGER, WORKER
from robolearn.retarget.executors import EXECUTORS, processes
from robolearn.retarget.groups import Group, LeftOut, Outcome
from robolearn.retarget.mapping import (
    WorkspaceMapping,
    check_unit_quaternion,
    fitted_mapping,
    load_mapping,
    save_mapping,
)
from robolearn.retarget.output.record import Provenance
from robolearn.retarget.output.workspace import Workspace
from robolearn.retarget.settings import RetargetSettings
from robolearn.retarget.sources import Source, open_source, source_fingerprint, stream
from robolearn.retarget.statistics import fit_forward
from robolearn.retarget.trajectory import HandTrajectory
from robolearn.storage import write_json

RECORD: Final = "retarget.json"
MAPPING: Final = "mapping.json"

ROUNDS: Final = 4
"""Episodes of a group for each of its worlds; chosen: a world whose episode ends takes the next one, so that
few wait for the longest, and a group that is killed costs minutes."""


def retarget(settings: RetargetSettings) -> dict[str, Any]:
    """Write the dataset and `retarget.json` into `settings.out`; returns what the latter holds.

    Killed at any moment, the same command goes on with the episodes that are missing. Raises UserError for
    settings that make no sense, a folder that is no source, and one of whose episodes none was usable.
    """
    _check(settings)
    out = Path(settings.out)
    source = open_source(Path(settings.source))
    names = list(source.names())
    names = names[: settings.n_episodes] if settings.n_episodes else names
    checkpoints = _checkpoints(settings)
    fingerprint = source_fingerprint(source, names)
    mapping = _mapping(settings, source, names, out, fingerprint)
    workspace = Workspace(out, _identity(settings, mapping, checkpoints, fingerprint), names)
    began, seconds = time.perf_counter(), 0.0
    if workspace.finished() is None:
        seconds = _run(settings, _groups(settings, names, mapping, workspace.done()), workspace)
    rate = seconds / (time.perf_counter() - began) if seconds else None
    provenance = Provenance(Path(settings.source).resolve().name, mapping.to_json(), checkpoints)
    record = workspace.finish(provenance) | {"robot_seconds_per_wall_second": rate}
    write_json(out / RECORD, record)
    sys.stdout.write(_described(record, out))
    return record


def _check(settings: RetargetSettings) -> None:
    if settings.executor not in EXECUTORS:
        raise unknown_name("executor", settings.executor, EXECUTORS)
    check_at_least(1, group_size=settings.group_size)
    check_at_least(
        0, n_episodes=settings.n_episodes, workers=settings.workers, num_threads=settings.num_threads
    )
    check_positive(max_hand_error_m=settings.max_hand_error_m)
    if settings.flange_to_wrist is not None:
        check_unit_quaternion("flange_to_wrist", settings.flange_to_wrist)


def _mapping(
    settings: RetargetSettings, source: Source, names: list[str], out: Path, fingerprint: str
) -> WorkspaceMapping:
    """The mapping to use: given, what an earlier start of this run fitted, or fitted to the source now."""
    if settings.mapping is not None:
        mapping = load_mapping(Path(settings.mapping))
    else:
        mapping = fitted_mapping(out / MAPPING, fingerprint)
        if mapping is None:
            mapping = _fitted(source, names)
            save_mapping(out / MAPPING, mapping, fingerprint)
    if settings.flange_to_wrist is None:
        return mapping
    turned = replace(mapping, flange_to_wrist=list(settings.flange_to_wrist))
    turned.check("mapping")
    return turned


def _fitted(source: Source, names: list[str]) -> WorkspaceMapping:
    bar = tqdm(stream(source, names), desc="fit", total=len(names), unit="episode", disable=None, leave=False)
    return WorkspaceMapping(source=fit_forward(each for each in bar if isinstance(each, HandTrajectory)))


def _checkpoints(settings: RetargetSettings) -> dict[str, Any]:
    """What identifies the policies that move the robot. Raises UserError for a folder that is none."""
    worker = settings.worker or shipped_checkpoint("g1_worker")
    found: dict[str, Any] = {"worker": load_checkpoint(worker, {WORKER}).identity}
    if settings.teacher is not None:
        return found | {"teacher": settings.teacher}
    manager = settings.checkpoint or shipped_checkpoint("g1_manager")
    return found | {"manager": load_checkpoint(manager, {MANAGER}).identity}


def _identity(
    settings: RetargetSettings, mapping: WorkspaceMapping, checkpoints: dict[str, Any], fingerprint: str
) -> dict[str, Any]:
    """What determines the output."""
    names = ("n_episodes", "max_hand_error_m", "group_size")
    chosen = {name: getattr(settings, name) for name in names}
    of_source = {"source_fingerprint": fingerprint}
    return chosen | of_source | {"checkpoints": checkpoints, "mapping": mapping.to_json()}


def _groups(
    settings: RetargetSettings, names: list[str], mapping: WorkspaceMapping, done: set[str]
) -> list[Group]:
    """Those with an episode that is missing; which episodes go together never changes."""
    size = settings.group_size
    span = ROUNDS * size
    batches = [tuple(names[first : first + span]) for first in range(0, len(names), span)]
    missing = [batch for batch in batches if not done.issuperset(batch)]
    return [
        Group(
            source=Path(settings.source),
            names=batch,
            mapping=mapping,
            size=size,
            checkpoint=settings.checkpoint,
            worker=settings.worker,
            teacher=settings.teacher,
            max_hand_error_m=settings.max_hand_error_m,
            num_threads=_threads(settings, len(missing)),
        )
        for batch in missing
    ]


def _threads(settings: RetargetSettings, groups: int) -> int:
    """Of each process: one where there are several of them, or where machines may differ."""
    alone = settings.executor == "local" and processes(settings.workers, groups) == 1
    return settings.num_threads if alone else settings.num_threads or 1


def _run(settings: RetargetSettings, groups: list[Group], workspace: Workspace) -> float:
    """Run the groups and keep what becomes of them; returns seconds of robot time."""
    done, seconds = workspace.done(), 0.0
    missing = sum(len(group.names) for group in groups)
    with tqdm(total=missing, desc="retarget", unit="episode", disable=None, leave=False) as bar:
        for outcomes in EXECUTORS[settings.executor](groups, settings.workers):
            for outcome in outcomes:
                if outcome.name not in done:
                    seconds += _keep(outcome, workspace)
            bar.update(len(outcomes))
    return seconds


def _keep(outcome: Outcome, workspace: Workspace) -> float:
    """Returns the episode's length [s], 0 where it was left out."""
    if isinstance(outcome, LeftOut):
        workspace.leave_out(outcome.name, outcome.reason, outcome.hand_position_error_m)
        return 0.0
    return len(outcome) / outcome.rate if workspace.keep(outcome) else 0.0


def _described(record: dict[str, Any], out: Path) -> str:
    lines = [f"kept {record['kept']} of {record['episodes']} episodes"]
    lines += [f"  left out {each['name']}: {each['reason']}" for each in record["left_out"][:10]]
    if len(record["left_out"]) > 10:
        lines.append(f"  and {len(record['left_out']) - 10} more, see {out / RECORD}")
    position, turn = record["hand_position_error_m"], record["hand_orientation_error_deg"]
    lines.append(f"  hands  {100 * position:.1f} cm, {turn:.1f} degrees off on average")
    rate = record["robot_seconds_per_wall_second"]
    if rate is not None:
        lines.append(f"  {rate:.0f} seconds of robot time a second")
    return "\n".join([*lines, f"  {out / RECORD}"]) + "\n"
