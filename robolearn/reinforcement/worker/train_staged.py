"""`robolearn train algorithm=ppo_worker_staged`: a worker learns to walk, then several to take punches.

The run's folder holds a run of `ppo_worker` for each of them, `walking` and `punched_1` onwards; `mean`, the
checkpoint of the punched ones' mean weights; and `settled`, a run in which its estimator learns from what it
does. What comes of that is the folder's own checkpoint. Killed, it goes on with each run where that was.
"""

import dataclasses
import logging
import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import torch

from robolearn.errors import UserError
from robolearn.policies.registry import load_policy, save_policy
from robolearn.policies.worker.averaging import mean_worker
from robolearn.policies.worker.worker_policy import WorkerPolicy
from robolearn.reinforcement.worker.checks import check_staged_worker_run
from robolearn.reinforcement.worker.settings import StagedWorkerSettings, WorkerPpoSettings
from robolearn.reinforcement.worker.stages import (
    SETTLING_SHARE,
    punched_runs,
    settling_run,
    walking_run,
)
from robolearn.reinforcement.worker.train import train as train_one
from robolearn.side_by_side import processes_beside
from robolearn.storage import write_json
from robolearn.training.session import LATEST, STATE, SUMMARY

logger = logging.getLogger(__name__)

WALKING: Final = "walking"
PUNCHED: Final = "punched_{}"
MEAN: Final = "mean"
SETTLED: Final = "settled"


def train(settings: StagedWorkerSettings) -> dict[str, Any]:
    """Train a worker in stages; returns what `train.json` in the run's directory holds.

    Raises UserError for settings that make no sense, and for a run that cannot go on.
    """
    check_staged_worker_run(settings)
    root = Path(settings.resume or settings.out)
    _refuse_another_run(root, settings.resume)
    walked, walking = {"steps": 0, "minutes": 0.0}, settings.initial
    if settings.punched.after_steps:
        logger.info("learning to walk in %s", root / WALKING)
        walked = train_one(_placed(walking_run(settings), root / WALKING, settings.resume))
        walking = str((root / WALKING).resolve())
    assert walking is not None
    minutes = (1.0 - SETTLING_SHARE) * settings.minutes - walked["minutes"] if settings.minutes else 0.0
    late = bool(settings.minutes) and minutes <= 0.0  # No minutes would mean no limit.
    if late or walked["steps"] < settings.punched.after_steps:
        return _publish(root, walking, {WALKING: [walked]})
    runs = [
        _placed(run, root / PUNCHED.format(number), settings.resume)
        for number, run in enumerate(punched_runs(settings, walking, minutes), start=1)
    ]
    logger.info("learning to take punches, side by side in %s", ", ".join(run.out for run in runs))
    punched = _side_by_side(runs)
    if _save_mean(root / MEAN, [run.out for run in runs]):
        shutil.rmtree(root / SETTLED, ignore_errors=True)
    stages = {WALKING: [walked], "punched": punched}
    if not settings.punched.settling_steps:
        return _publish(root, str(root / MEAN), stages)
    logger.info("their mean learns to estimate in %s", root / SETTLED)
    run = settling_run(settings, str((root / MEAN).resolve()))
    settled = train_one(_placed(run, root / SETTLED, settings.resume))
    return _publish(root, str(root / SETTLED), stages | {SETTLED: [settled]})


def _refuse_another_run(root: Path, resume: str | None) -> None:
    if not resume and any(root.glob(f"*/{STATE}")):
        raise UserError(f"out={root} already holds a run: use resume={root} or another out")


def _placed(run: WorkerPpoSettings, folder: Path, resume: str | None) -> WorkerPpoSettings:
    """The run in its folder, where it goes on if the whole training does and this part of it had begun."""
    begun = resume is not None and (folder / STATE).exists()
    return dataclasses.replace(run, out=str(folder), resume=str(folder) if begun else None)


def _side_by_side(runs: list[WorkerPpoSettings]) -> list[dict[str, Any]]:
    """Summaries of the runs, of which this process does the first, and shows how far it is."""
    first, *others = runs
    if not others:
        return [train_one(first)]
    with processes_beside(len(others), _silence) as pool:
        going = [pool.submit(train_one, run) for run in others]
        return [train_one(first), *(each.result() for each in going)]


def _silence() -> None:
    """Errors go to the process that asked for the work; two progress bars would share a line."""
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115


def _save_mean(folder: Path, workers: list[str]) -> bool:
    """Whether it differs from the one before, of which what settled no longer comes."""
    policies = [policy for policy in map(load_policy, workers) if isinstance(policy, WorkerPolicy)]
    mean = mean_worker(policies)
    before = load_policy(folder).state_dict() if folder.exists() else {}
    if before and all(torch.equal(value, before[name]) for name, value in mean.state_dict().items()):
        return False
    save_policy(folder, mean, mean.spec)
    return True


def _publish(root: Path, checkpoint: str, stages: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What comes of it all, and how much was trained in each stage, of which runs go on side by side."""
    summary = {
        "steps": sum(run["steps"] for runs in stages.values() for run in runs),
        "minutes": sum(max(run["minutes"] for run in runs) for runs in stages.values()),
        "stages": {
            name: [{key: run[key] for key in ("steps", "minutes")} for run in runs]
            for name, runs in stages.items()
        },
    }
    policy = load_policy(checkpoint)
    assert isinstance(policy, WorkerPolicy)
    save_policy(root / LATEST, policy, policy.spec, summary)
    write_json(root / SUMMARY, summary)
    return summary
