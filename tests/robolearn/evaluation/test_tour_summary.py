"""What the tour's figures are averaged over."""

import numpy as np
import pytest

from robolearn.evaluation.episode_table import EpisodeTable
from robolearn.evaluation.tour_summary import tour_summary
from robolearn.evaluation.wilson import wilson_interval


def table(success: list[bool], **figures: list[float]) -> EpisodeTable:
    count = len(success)
    return EpisodeTable.from_columns(
        figures,
        episode=range(count),
        seed=range(count),
        success=success,
        steps=[100] * count,
        phase=[0] * count,
        fault=[False] * count,
        episode_return=[0.0] * count,
    )


def test_survival_is_over_all_errors_over_targets_and_energy_over_completed_tours() -> None:
    summary = tour_summary(
        table(
            [True, False, False],
            survival_s=[90.0, 30.0, 3.0],
            targets=[18, 6, 0],
            position_error_m=[0.1, 0.2, np.nan],
            yaw_error_deg=[4.0, 8.0, np.nan],
            energy_kj=[6.0, 2.0, 0.1],
        )
    )
    assert summary["completed_rate"] == pytest.approx(1 / 3)
    assert summary["completed_ci95"] == list(wilson_interval(1, 3))
    assert summary["survival_s"] == pytest.approx(41.0)
    assert summary["position_error_m"] == pytest.approx((18 * 0.1 + 6 * 0.2) / 24)
    assert summary["yaw_error_deg"] == pytest.approx(5.0)
    assert summary["energy_kj"] == 6.0 and summary["energy_kj_ci95"] == [6.0, 6.0]
    low, high = summary["survival_s_ci95"]
    assert 3.0 <= low < 41.0 < high <= 90.0


def test_a_mean_over_nothing_is_none() -> None:
    summary = tour_summary(
        table(
            [False, False],
            survival_s=[1.0, 3.0],
            targets=[0, 0],
            position_error_m=[np.nan, np.nan],
            yaw_error_deg=[np.nan, np.nan],
            energy_kj=[0.1, 0.1],
        )
    )
    assert summary["completed_rate"] == 0.0 and summary["survival_s"] == 2.0
    for name in ("position_error_m", "yaw_error_deg", "energy_kj"):
        assert summary[name] is None and summary[f"{name}_ci95"] is None
