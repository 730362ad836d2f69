"""Figures of a manager's evaluation, against sums by hand, and on the page."""

from pathlib import Path

import numpy as np
import pytest

from envs.humanoid.reach.figures import HEIGHT_EDGES
from robolearn.evaluation.episode_table import EpisodeTable
from robolearn.evaluation.reach_section import reach_section
from robolearn.evaluation.reach_summary import describe_reach, reach_summary
from robolearn.evaluation.report_runs import Evaluation
from robolearn.evaluation.wilson import wilson_interval


def _table() -> EpisodeTable:
    figures = {
        "mean.left_hand_position_error": [0.01, 0.03],
        "mean.right_hand_position_error": [0.03, 0.05],
        "mean.left_hand_orientation_error": [0.1, 0.1],
        "mean.right_hand_orientation_error": [0.3, 0.1],
        "mean.heading_error": [0.0, 0.2],
        "mean.base_position_error": [0.1, 0.1],
        "mean.height_error": [0.01, 0.02],
    }
    for region in range(len(HEIGHT_EDGES) - 1):
        figures[f"height{region}.steps"] = [100.0 * (region == 1), 0.0]
        figures[f"height{region}.hand_position_error"] = [2.0 * (region == 1), 0.0]
    count = 2
    return EpisodeTable.from_columns(
        figures,
        episode=range(count),
        seed=range(count),
        success=[True, False],
        steps=[300, 100],
        phase=[0, 2],
        fault=[False, False],
        episode_return=[1.0, 1.0],
    )


def test_means_are_over_control_steps() -> None:
    summary = reach_summary(_table())
    assert summary["completion_rate"] == 0.5
    assert summary["completion_ci95"] == list(wilson_interval(1, 2))
    assert summary["hand_position_error_m"] == pytest.approx((300 * 0.02 + 100 * 0.04) / 400)
    assert summary["hand_orientation_error_deg"] == pytest.approx(np.rad2deg((300 * 0.2 + 100 * 0.1) / 400))
    assert summary["heading_error_deg"] == pytest.approx(np.rad2deg(100 * 0.2 / 400))
    assert summary["left_hand_position_error_m"] == pytest.approx((300 * 0.01 + 100 * 0.03) / 400)
    low, high = summary["hand_position_error_m_ci95"]
    assert low <= summary["hand_position_error_m"] <= high
    [region] = summary["by_hand_height"]
    assert region == {
        "hand_height_m": [HEIGHT_EDGES[1], HEIGHT_EDGES[2]],
        "steps": 100.0,
        "hand_position_error_m": 0.02,
    }


def test_people_read_rates_and_centimetres() -> None:
    lines = "\n".join(describe_reach(reach_summary(_table())))
    assert "50.0%" in lines and "2.5 cm" in lines and "0.4 to 0.7 m" in lines


def test_the_report_shows_runs_that_followed_hands() -> None:
    conditions = {"task": "g1_reach", "randomness": "none", "disturbance": False}
    run = Evaluation("manager", Path("manager"), conditions | reach_summary(_table()), _table())
    section = reach_section([run])
    assert [entry["name"] for entry in section["reaches"]] == ["manager"]
    assert section["reach_chart"].startswith("<svg")
    assert reach_section([]) == {"reaches": [], "reach_chart": None}
