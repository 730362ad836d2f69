"""Reads what finished runs left in their folders, for the report."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from robolearn.errors import UserError
from robolearn.evaluation.bench import RECORD as BENCH_RECORD
from robolearn.evaluation.episode_table import EPISODES, EpisodeTable, read_episodes
from robolearn.evaluation.evaluate import RECORD as EVALUATION_RECORD
from robolearn.evaluation.paired import PairedComparison, compare
from robolearn.storage import read_json
from robolearn.tracking import METRICS, read_metrics

CONFIG = "config.yaml"
DATASET_RECORD = Path("meta/info.json")


@dataclass(frozen=True)
class Evaluation:
    """An output folder of `robolearn eval`."""

    name: str
    path: Path
    record: dict[str, Any]
    episodes: EpisodeTable

    @property
    def conditions(self) -> tuple[Any, ...]:
        """Evaluations that agree in these ran the same episodes, as far as both go."""
        return tuple(self.record.get(key) for key in ("task", "randomness", "disturbance", "seed"))

    @property
    def setting(self) -> str:
        """Task and conditions in words."""
        disturbed = ", disturbed" if self.record["disturbance"] else ""
        return f"{self.record['task']}, {self.record['randomness']}{disturbed}"


@dataclass(frozen=True)
class Training:
    """An output folder of `robolearn train`; rows as in `tracking.read_metrics`."""

    name: str
    path: Path
    rows: list[dict[str, Any]]

    def metric_names(self) -> list[str]:
        """Names of everything that was logged, sorted."""
        return sorted({key for row in self.rows for key in row} - {"step", "steps"})

    def series(self, key: str) -> tuple[list[float], list[float]]:
        """Places and finite values of one metric; places are control steps where the run counts them."""
        pairs = [(row.get("steps", row["step"]), row[key]) for row in self.rows if row.get(key) is not None]
        return [float(place) for place, _ in pairs], [float(value) for _, value in pairs]

    @property
    def counts_control_steps(self) -> bool:
        """Whether `series` places are control steps of the environment."""
        return any("steps" in row for row in self.rows)

    @property
    def minutes(self) -> float | None:
        """Wall time of the training, if it was logged."""
        logged = [row["time/minutes"] for row in self.rows if row.get("time/minutes") is not None]
        return logged[-1] if logged else None


@dataclass(frozen=True)
class Pair:
    """Two evaluations and their comparison on the episodes that both ran."""

    first: Evaluation
    second: Evaluation
    result: PairedComparison


@dataclass
class Runs:
    """Everything that a report is about; datasets by name, as `meta/info.json` has them."""

    evaluations: list[Evaluation] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    benchmarks: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    datasets: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    configurations: list[tuple[str, str]] = field(default_factory=list)


def read_runs(folders: Sequence[str]) -> Runs:
    """Read every folder; the kind of a run shows in the files that it wrote.

    Raises UserError for a folder that is missing, damaged or not of a run.
    """
    if not folders:
        raise UserError("nothing to report: give runs=[DIR,...], outputs of eval, train, collect or bench")
    runs, names = Runs(), _names(folders)
    for folder, name in zip(folders, names, strict=True):
        path = Path(folder)
        if not path.is_dir():
            raise UserError(f"runs: {path} is not a folder")
        if not _read_run(path, name, runs):
            expected = ", ".join((EVALUATION_RECORD, METRICS, BENCH_RECORD, str(DATASET_RECORD)))
            raise UserError(f"runs: {path} is not an output of eval, train, bench or collect: no {expected}")
        if (path / CONFIG).is_file():
            runs.configurations.append((name, (path / CONFIG).read_text(encoding="utf-8", errors="replace")))
    return runs


def _read_run(path: Path, name: str, runs: Runs) -> bool:
    """Add what is in `path` to `runs`, of a training in stages all of them; False if it is nothing known."""
    before = _size(runs)
    if (path / EVALUATION_RECORD).is_file():
        record = _complete(read_json(path / EVALUATION_RECORD), _EVALUATION_KEYS, path / EVALUATION_RECORD)
        runs.evaluations.append(Evaluation(name, path, record, read_episodes(path / EPISODES)[0]))
    if rows := read_metrics(path):
        runs.trainings.append(Training(name, path, rows))
    else:
        parts = sorted(part.parent for part in path.glob(f"*/{METRICS}"))
        runs.trainings += [Training(f"{name}/{part.name}", part, read_metrics(part)) for part in parts]
    if (path / BENCH_RECORD).is_file():
        record = _complete(read_json(path / BENCH_RECORD), _BENCH_KEYS, path / BENCH_RECORD)
        runs.benchmarks.append((name, record))
    if (path / DATASET_RECORD).is_file():
        runs.datasets.append((name, read_json(path / DATASET_RECORD)))
    return _size(runs) > before


_EVALUATION_KEYS = (
    *("task", "randomness", "disturbance", "seed", "policy", "success_rate", "success_ci95", "n_episodes"),
    *("successes", "phases", "faults", "mean_steps_to_success", "control_steps_per_s"),
)
_BENCH_KEYS = (
    *("task", "num_envs", "control_steps_per_s", "physics_steps_per_s", "raw_physics_steps_per_s"),
    *("ratio", "ratio_ci95", "simulated_seconds_per_wall_second", "hardware"),
)


def _complete(record: dict[str, Any], keys: Sequence[str], path: Path) -> dict[str, Any]:
    if missing := [key for key in keys if key not in record]:
        raise UserError(f"{path} is damaged: '{missing[0]}' is missing")
    return record


def _size(runs: Runs) -> int:
    return len(runs.evaluations) + len(runs.trainings) + len(runs.benchmarks) + len(runs.datasets)


def _names(folders: Sequence[str]) -> list[str]:
    """The last part of each path, with as many parts before it as tell them all apart."""
    parts = [Path(folder).resolve().parts for folder in folders]
    if len(set(parts)) < len(parts):
        twice = next(folder for folder, part in zip(folders, parts, strict=True) if parts.count(part) > 1)
        raise UserError(f"runs: {twice} is given twice")
    depth = 1
    while len({part[-depth:] for part in parts}) < len(parts):
        depth += 1
    return ["/".join(part[-depth:]) for part in parts]


def pairs(evaluations: Sequence[Evaluation]) -> list[Pair]:
    """All pairs of evaluations under equal conditions, compared on the seeds that both ran."""
    found = []
    for index, first in enumerate(evaluations):
        for second in evaluations[index + 1 :]:
            if first.conditions != second.conditions:
                continue
            _, rows_a, rows_b = np.intersect1d(first.episodes.seed, second.episodes.seed, return_indices=True)
            if len(rows_a):
                result = compare(first.episodes.success[rows_a], second.episodes.success[rows_b])
                found.append(Pair(first, second, result))
    return found
