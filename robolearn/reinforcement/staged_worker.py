"""`robolearn train algorithm=ppo_worker_staged`: a worker learns to walk, then several to take punches.

The run's folder holds a run of `ppo_worker` for each of them, `walking` and `punched_1` onwards, and in the
end the mean of the punched ones' weights as its checkpoint. Killed, it goes on with each where that was.
"""

import dataclasses
import logging
import os
import sys
from pathlib import Path
from typing import Any, Final

from robolearn.errors import UserError
from robolearn.policies.registry import load_policy, save_policy
from robolearn.policies.worker.averaging import mean_worker
from robolearn.policies.worker.worker_policy import WorkerPolicy
from robolearn.reinforcement import worker
from robolearn.reinforcement.run_checks import check_staged_worker_run
from robolearn.reinforcement.settings import StagedWorkerSettings, WorkerPpoSettings
from robolearn.reinforcement.worker_stages import punched_runs, walking_run
from robolearn.side_by_side import processes_beside
from robolearn.storage import write_json
from robolearn.training.session import LATEST, STATE, SUMMARY

logger = logging.getLogger(__name__)

WALKING: Final = "walking"
PUNCHED: Final = "punched_{}"


def train(settings: StagedWorkerSettings) -> dict[str, Any]:
    """Train a worker in stages; returns what `train.json` in the run's directory holds.

    Raises UserError for settings that make no sense, and for a run that cannot go on.
    """
    check_staged_worker_run(settings)
    root = Path(settings.resume or settings.out)
    _refuse_another_run(root, settings.resume)
    summary, walking = {"steps": 0, "minutes": 0.0}, settings.initial
    if settings.punched.after_steps:
        logger.info("learning to walk in %s", root / WALKING)
        summary = worker.train(_placed(walking_run(settings), root / WALKING, settings.resume))
        walking = str((root / WALKING / LATEST).resolve())
    assert walking is not None
    minutes = settings.minutes - summary["minutes"] if settings.minutes else 0.0
    if minutes < 0.0 or summary["steps"] < settings.punched.after_steps:
        return _publish(root, [walking], [summary])
    runs = [
        _placed(run, root / PUNCHED.format(number), settings.resume)
        for number, run in enumerate(punched_runs(settings, walking, minutes), start=1)
    ]
    logger.info("learning to take punches, side by side in %s", ", ".join(run.out for run in runs))
    return _publish(root, [run.out for run in runs], [summary, *_side_by_side(runs)])


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
        return [worker.train(first)]
    with processes_beside(len(others), _silence) as pool:
        going = [pool.submit(worker.train, run) for run in others]
        return [worker.train(first), *(each.result() for each in going)]


def _silence() -> None:
    """Errors go to the process that asked for the work; two progress bars would share a line."""
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115


def _publish(root: Path, workers: list[str], summaries: list[dict[str, Any]]) -> dict[str, Any]:
    """Write the mean of the checkpoints `workers`, and what is known of the first stage and the second."""
    walking, *punched = summaries
    summary = {
        "steps": walking["steps"] + sum(each["steps"] for each in punched),
        "minutes": walking["minutes"] + max((each["minutes"] for each in punched), default=0.0),
        "walking_steps": walking["steps"],
        "punched_steps": [each["steps"] for each in punched],
    }
    policies = [policy for policy in map(load_policy, workers) if isinstance(policy, WorkerPolicy)]
    mean = mean_worker(policies)
    save_policy(root / LATEST, mean, mean.spec, summary)
    write_json(root / SUMMARY, summary)
    return summary
