"""`robolearn eval`: how often a policy succeeds, with an interval, on episodes anybody can run again."""

import sys
import time
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from robolearn.checkpoint import RUN_CHECKPOINTS, code_version
from robolearn.checks import check_at_least
from robolearn.environment import BatchedEnvironment, episode_seeds
from robolearn.evaluation.action_log import ActionLog
from robolearn.evaluation.checks import check_seed
from robolearn.evaluation.controllers import Controller, ControllerChoice
from robolearn.evaluation.episode_table import EPISODES, EpisodeTable, read_episodes, write_episodes
from robolearn.evaluation.rollouts import stream_episodes
from robolearn.evaluation.settings import EvaluateSettings
from robolearn.evaluation.summary import describe, summarise, task_summary
from robolearn.evaluation.video import record_outcomes
from robolearn.storage import write_json

RECORD = "eval.json"
PARTIAL = ".episodes.partial.parquet"

_SAVE_SECONDS = 10.0


def evaluate(settings: EvaluateSettings) -> dict[str, Any]:
    """Run the episodes and write `eval.json` and `episodes.parquet`; returns what is in `eval.json`.

    Killed at any moment, the same command goes on with the episodes that are missing. Raises UserError for
    settings that make no sense or a checkpoint of another task, StorageError when the disk refuses.
    """
    choice = _checked(settings)
    run = _run_identity(settings, choice)
    out = Path(settings.out)
    done = _finished_before(out / PARTIAL, run, settings.n_episodes)
    environment = _environment(settings, settings.n_episodes - len(done), settings.num_threads)
    environment.record_figures()
    try:
        log = ActionLog(environment.num_envs, environment.spec) if settings.video else None
        table, rate = _run_missing(settings, choice.build(environment), environment, done, run, log)
    finally:
        environment.close()
    phases = environment.spec.phases
    record = run | {"checkpoint": settings.checkpoint, "policy": _label(settings)}
    record |= summarise(table, phases) | task_summary(settings.task, table) | {"control_steps_per_s": rate}
    if log is not None:
        record["videos"] = record_outcomes(log.kept, lambda: _one_world(settings, choice), out)
    write_episodes(out / EPISODES, table, phases, {"run": run})
    write_json(out / RECORD, record)
    (out / PARTIAL).unlink(missing_ok=True)
    sys.stdout.write(f"{describe(record)}\n  {out / RECORD}\n")
    return record


def _checked(settings: EvaluateSettings) -> ControllerChoice:
    """Raises UserError for the first setting that makes no sense."""
    check_at_least(1, n_episodes=settings.n_episodes, num_envs=settings.num_envs)
    check_at_least(0, num_threads=settings.num_threads)
    check_seed(settings.seed)
    return ControllerChoice.of(
        settings.checkpoint, settings.expert, settings.device, settings.seed, settings.teacher
    )


def _run_identity(settings: EvaluateSettings, choice: ControllerChoice) -> dict[str, Any]:
    """What determines the episodes: two runs that agree in it may share them."""
    return {
        "task": settings.task,
        "randomness": settings.randomness,
        "disturbance": settings.disturbance,
        "seed": settings.seed,
        "controller": choice.identity(),
        "code_version": code_version(),
    }


def _label(settings: EvaluateSettings) -> str:
    if settings.checkpoint is None:
        return "expert" if settings.teacher is None else f"teacher {settings.teacher}"
    path = Path(settings.checkpoint).resolve()
    return path.parent.name if path.name in RUN_CHECKPOINTS else path.name


def _environment(settings: EvaluateSettings, missing: int, num_threads: int) -> BatchedEnvironment:
    from envs.registry import make_environment

    return make_environment(
        settings.task,
        max(1, min(settings.num_envs, missing)),
        randomness=settings.randomness,
        disturbance=settings.disturbance,
        num_threads=num_threads,
    )


def _one_world(settings: EvaluateSettings, choice: ControllerChoice) -> BatchedEnvironment:
    """For a replay, with the servos and limits that the controller asks for."""
    environment = _environment(settings, 1, 1)
    choice.build(environment)
    return environment


def _finished_before(path: Path, run: dict[str, Any], n_episodes: int) -> EpisodeTable:
    """Episodes that a killed run of the same identity left; none if it was another."""
    if not path.is_file():
        return EpisodeTable.empty()
    table, metadata = read_episodes(path)
    if metadata.get("run") != run:
        return EpisodeTable.empty()
    return table.select(table.episode < n_episodes)


def _run_missing(
    settings: EvaluateSettings,
    controller: Controller,
    environment: BatchedEnvironment,
    done: EpisodeTable,
    run: dict[str, Any],
    log: ActionLog | None,
) -> tuple[EpisodeTable, float | None]:
    """All episodes, and control steps a second (None when there was nothing left to run)."""
    finished = set(done.episode.tolist())
    missing = torch.tensor([index for index in range(settings.n_episodes) if index not in finished])
    seeds = episode_seeds(settings.seed, 0, settings.n_episodes)[missing.long()]
    path, phases = Path(settings.out) / PARTIAL, environment.spec.phases
    tables, steps = [done], 0
    begin = saved = time.perf_counter()
    bar = tqdm(total=settings.n_episodes, initial=len(done), unit="episode", disable=None, leave=False)
    with bar:
        for table in stream_episodes(environment, controller, seeds, missing, log):
            tables.append(table)
            steps += int(table.steps.sum())
            bar.update(len(table))
            if time.perf_counter() - saved > _SAVE_SECONDS:
                tables = [EpisodeTable.concatenate(tables)]
                write_episodes(path, tables[0], phases, {"run": run})
                saved = time.perf_counter()
                bar.set_postfix(success=f"{tables[0].success.mean():.1%}")
    rate = steps / (time.perf_counter() - begin) if steps else None
    return EpisodeTable.concatenate(tables), rate
