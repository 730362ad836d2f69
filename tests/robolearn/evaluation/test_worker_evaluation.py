"""Figures of a worker: from episodes to the record and the report."""

import json
from pathlib import Path

import numpy as np
import pytest

from envs.humanoid.worker import WorkerEnvironment
from envs.humanoid.worker_training import make_worker
from robolearn.evaluation.episode_table import EPISODES, EpisodeTable, read_episodes, write_episodes
from robolearn.evaluation.evaluate import evaluate
from robolearn.evaluation.report import report
from robolearn.evaluation.settings import EvaluateSettings, ReportSettings
from robolearn.evaluation.worker_summary import describe_worker, weighted_mean, worker_summary
from robolearn.policies.registry import save_policy
from robolearn.policies.worker.settings import WorkerNetworks

EPISODES_RUN = 3


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained worker, which falls, evaluated."""
    folder = tmp_path_factory.mktemp("worker")
    spec = WorkerEnvironment(1, num_threads=1).spec
    save_policy(folder / "checkpoint", make_worker(spec, WorkerNetworks([8], [8], [8], [0])), spec)
    evaluate(
        EvaluateSettings(
            checkpoint=str(folder / "checkpoint"),
            task="g1_worker",
            randomness="full",
            n_episodes=EPISODES_RUN,
            num_envs=2,
            num_threads=1,
            out=str(folder / "eval"),
        )
    )
    return folder / "eval"


def test_the_record_has_falls_and_errors(evaluated: Path) -> None:
    record = json.loads((evaluated / "eval.json").read_text())
    assert record["fall_rate"] == 1.0 and record["success_rate"] == 0.0
    assert record["fall_rate_ci95"][0] < 1.0 and record["seconds_between_falls"] < 10.0
    for name in ("planar_velocity_error_m_s", "yaw_rate_error_rad_s", "height_error_m"):
        low, high = record[f"{name}_ci95"]
        assert 0.0 < low <= record[name] <= high
    steps = sum(region["steps"] for region in record["regions"])
    table, _ = read_episodes(evaluated / EPISODES)
    assert steps == table.steps.sum() and len(table) == EPISODES_RUN


def test_episodes_keep_their_figures_on_disk(evaluated: Path, tmp_path: Path) -> None:
    table, metadata = read_episodes(evaluated / EPISODES)
    write_episodes(tmp_path / "copy.parquet", table, metadata["phases"], {})
    copy, _ = read_episodes(tmp_path / "copy.parquet")
    assert copy.figures.keys() == table.figures.keys() and "stand_drift" in table.figures
    for name, column in table.figures.items():
        np.testing.assert_array_equal(column, copy.figures[name])


def test_the_report_draws_errors_by_command(evaluated: Path, tmp_path: Path) -> None:
    page = report(ReportSettings(runs=[str(evaluated)], out=str(tmp_path))).read_text()
    assert "Whole-body worker" in page and "height error [m]" in page


def test_means_are_weighted_by_steps() -> None:
    mean, (low, high) = weighted_mean(np.array([1.0, 4.0]), np.array([3, 1]))
    assert mean == pytest.approx(1.75) and low == pytest.approx(1.0) and high == pytest.approx(4.0)


def test_no_fall_has_no_time_between_falls() -> None:
    summary = worker_summary(_standing([0.1]))
    assert summary["fall_rate"] == 0.0 and summary["seconds_between_falls"] is None


def test_only_stands_that_settled_drift() -> None:
    summary = worker_summary(_standing([0.1, np.nan, 0.3]))
    assert summary["stand_episodes"] == 2 and summary["stand_drift_m"] == pytest.approx(0.2)


def test_without_a_stand_there_is_no_drift() -> None:
    summary = worker_summary(_standing([np.nan]))
    assert summary["stand_drift_m"] is None and summary["stand_steps_per_episode"] is None
    assert "  no stand settled" in describe_worker(summary)


def _standing(drift: list[float]) -> EpisodeTable:
    """Whole episodes, by how far each drifted [m]."""
    count = len(drift)
    return EpisodeTable.from_columns(
        {name: [0.1] * count for name in _figure_names()} | {"stand_drift": drift},
        episode=range(count),
        seed=range(count),
        success=[True] * count,
        steps=[1000] * count,
        phase=[0] * count,
        fault=[False] * count,
        episode_return=[1.0] * count,
    )


def _figure_names() -> list[str]:
    environment = WorkerEnvironment(1, num_threads=1)
    environment.record_figures()
    return list(environment.figures())
