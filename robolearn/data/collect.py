"""`robolearn collect`: the scripted expert's successful episodes, as a LeRobot dataset.

Equal settings give equal bytes, whatever the number of worlds or threads, and however often the run was
killed: which attempts are kept depends on their numbers alone, and finished ones wait on disk.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

from tqdm import tqdm

from robolearn.checkpoint import code_version
from robolearn.checks import check_at_least
from robolearn.data.attempts import Agenda, Attempt, Worlds
from robolearn.data.episode import Episode
from robolearn.data.filming import FORMAT, Studio
from robolearn.data.layout import INFO, PARTS
from robolearn.data.settings import CollectSettings
from robolearn.data.staging import Failure, Staging, require_same_settings
from robolearn.data.writer import Footage, write_dataset
from robolearn.environment import BatchedEnvironment, Expert
from robolearn.errors import UserError
from robolearn.evaluation.wilson import wilson_interval
from robolearn.reinforcement.seeds import demonstration_stream
from robolearn.specification import TaskSpec
from robolearn.storage import disk_errors, read_json, write_json

RECORD = "collect.json"
STAGING = ".collecting"
_DETERMINING = ("task", "randomness", "disturbance", "perturbed", "n_episodes", "video", "seed")
"""The settings that the result depends on."""

_ATTEMPTS_PER_EPISODE = 20
"""An expert that needs more is not worth waiting for."""


def collect(settings: CollectSettings) -> dict[str, Any]:
    """Write the dataset and `collect.json` into `settings.out`; returns what is in `collect.json`.

    Killed at any moment, the same command goes on where it stopped. Raises UserError for settings that make
    no sense, or differ from those of the run in `out`, or at which the expert hardly ever succeeds, and
    StorageError when the disk refuses; what was finished by then stays.
    """
    check_at_least(1, n_episodes=settings.n_episodes, num_envs=settings.num_envs)
    check_at_least(0, num_threads=settings.num_threads)
    stream = demonstration_stream(settings.seed)
    out, determining = Path(settings.out), {name: getattr(settings, name) for name in _DETERMINING}
    record = _finished_before(out, determining)
    if record is None:
        record = _collect(settings, stream, determining)
        write_json(out / RECORD, record)
    with disk_errors(out / STAGING):
        if (out / STAGING).is_dir():
            shutil.rmtree(out / STAGING)
    sys.stdout.write(_described(record, out))
    return record


def _finished_before(out: Path, determining: dict[str, Any]) -> dict[str, Any] | None:
    """The record of a finished run of the same settings in `out`. Raises UserError if its settings differ."""
    if not (out / RECORD).is_file() or not (out / INFO).is_file():
        return None
    record = read_json(out / RECORD)
    require_same_settings(out, record, determining)
    return record


def _collect(settings: CollectSettings, stream: int, determining: dict[str, Any]) -> dict[str, Any]:
    """Run what is missing of the episodes of `stream` and write the dataset; returns the record."""
    out = Path(settings.out)
    with ExitStack() as resources:
        # The camera comes first: where nothing can be rendered, nothing is begun.
        studio = Studio(settings, stream) if settings.video else None
        if studio is not None:
            resources.callback(studio.close)
        _refuse_foreign_folder(out)
        staging = Staging(out / STAGING, determining)
        agenda = Agenda(settings.n_episodes, _limit(settings), staging.outcomes())
        environment, expert = _simulation(settings, agenda)
        resources.callback(environment.close)
        spec = environment.spec
        staging.begin()
        if not agenda.complete:
            _run_attempts(
                Worlds(environment, expert, agenda, stream, settings.perturbed), agenda, staging, spec
            )
        _require_enough(settings, agenda)
        episodes = {index: staging.episode(index) for index in agenda.chosen}
        footage = _filmed(studio, episodes, staging) if studio is not None else None
    provenance = determining | {"attempts": list(episodes)}
    write_dataset(out, spec, list(episodes.values()), provenance, footage, replace=True)
    return determining | _summary(spec, episodes, staging)


def _refuse_foreign_folder(out: Path) -> None:
    """Raises UserError where the dataset would replace something that no unfinished run here left."""
    foreign = [name for name in PARTS if (out / name).exists()]
    if foreign and not (out / STAGING).is_dir():
        raise UserError(f"{out} already holds '{foreign[0]}': choose another out, or remove it")


def _limit(settings: CollectSettings) -> int:
    return _ATTEMPTS_PER_EPISODE * (settings.n_episodes + 1)


def _simulation(settings: CollectSettings, agenda: Agenda) -> tuple[BatchedEnvironment, Expert]:
    from envs.registry import make_environment, make_expert

    environment = make_environment(
        settings.task,
        max(1, min(settings.num_envs, agenda.useful_worlds)),
        randomness=settings.randomness,
        disturbance=settings.disturbance,
        num_threads=settings.num_threads,
    )
    return environment, make_expert(environment)


def _run_attempts(worlds: Worlds, agenda: Agenda, staging: Staging, spec: TaskSpec) -> None:
    """Run until every attempt that matters has finished, and is on disk."""
    with _progress(agenda.wanted, "collect", len(agenda.chosen)) as bar:
        while not agenda.complete:
            worlds.refill()
            for attempt in worlds.step():
                _keep(attempt, staging, spec)
                agenda.finish(attempt.index, attempt.episode.success)
            bar.set_postfix(attempts=agenda.finished, control_steps=worlds.steps_run, refresh=False)
            bar.update(len(agenda.chosen) - bar.n)


def _keep(attempt: Attempt, staging: Staging, spec: TaskSpec) -> None:
    if attempt.episode.success:
        staging.add_success(attempt.index, attempt.episode)
    else:
        failure = Failure(len(attempt.episode), spec.phases[attempt.phase], attempt.fault)
        staging.add_failure(attempt.index, failure)


def _require_enough(settings: CollectSettings, agenda: Agenda) -> None:
    if len(agenda.chosen) < settings.n_episodes:
        raise UserError(
            f"the expert of task={settings.task} succeeded in {len(agenda.chosen)} of {_limit(settings)} "
            f"attempts at randomness={settings.randomness}: n_episodes={settings.n_episodes} is out of reach"
        )


def _filmed(studio: Studio, episodes: Mapping[int, Episode], staging: Staging) -> Footage:
    """A video of each episode; those that are on disk already are not made again."""
    with _progress(len(episodes), "film", 0) as bar:
        for index, episode in episodes.items():
            if not staging.has_film(index):
                staging.add_film(index, studio.film(index, episode))
            bar.update()
    return Footage(FORMAT, [staging.film(index) for index in episodes])


def _summary(spec: TaskSpec, episodes: Mapping[int, Episode], staging: Staging) -> dict[str, Any]:
    """What happened up to the last attempt that was kept; later ones, which raced ahead, do not count."""
    attempts = max(episodes) + 1
    outcomes = sorted(staging.outcomes().items())
    failed = [index for index, success in outcomes if not success and index < attempts]
    failures = [staging.failure(index) for index in failed]
    phases = Counter(failure.phase for failure in failures)
    steps = sum(map(len, episodes.values()))
    return {
        "attempts": attempts,
        "successes": len(episodes),
        "success_rate": len(episodes) / attempts,
        "success_ci95": list(wilson_interval(len(episodes), attempts)),
        "failures_by_phase": {phase: phases[phase] for phase in spec.phases if phase in phases},
        "faults": sum(failure.fault for failure in failures),
        "steps": steps,
        "mean_episode_steps": steps / len(episodes),
        "mean_episode_s": steps / len(episodes) / spec.control_rate_hz,
        "code_version": code_version(),
    }


def _described(record: Mapping[str, Any], out: Path) -> str:
    low, high = record["success_ci95"]
    disturbed = ", disturbed" if record["disturbance"] else ""
    lines = [
        f"{record['n_episodes']} episodes of {record['task']} (randomness {record['randomness']}{disturbed}, "
        f"seed {record['seed']}), {record['mean_episode_s']:.1f} s each on average",
        f"  the expert succeeded in {record['success_rate']:.1%} ({low:.1%} to {high:.1%} at 95 %) of "
        f"{record['attempts']} attempts",
    ]
    lines += [f"  {count} failed in {phase}" for phase, count in record["failures_by_phase"].items()]
    if record["faults"]:
        lines.append(f"  physics faults  {record['faults']}")
    return "\n".join([*lines, f"  {out}", ""])


def _progress(total: int, label: str, done: int) -> "tqdm[NoReturn]":
    return tqdm(total=total, initial=done, desc=label, unit="episode", miniters=0, disable=None, leave=False)
