"""The report's section on the manager: completion, and errors of hands and heading."""

from collections.abc import Sequence
from typing import Any

from robolearn.evaluation import charts
from robolearn.evaluation.report_runs import Evaluation


def reach_section(evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """Runs that followed hands, and a chart of their errors by the lower hand's height."""
    runs = [run for run in evaluations if run.record.get("by_hand_height")]
    if not runs:
        return {"reaches": [], "reach_chart": None}
    lines = {run.name: _by_height(run.record["by_hand_height"]) for run in runs}
    chart = charts.curves(lines, "height of the lower hand [m]", "mean hand position error [cm]")
    entries = [{"name": run.name, "setting": run.setting, "record": run.record} for run in runs]
    return {"reaches": entries, "reach_chart": chart}


def _by_height(regions: Sequence[dict[str, Any]]) -> charts.Series:
    middles = [sum(region["hand_height_m"]) / 2.0 for region in regions]
    return middles, [100.0 * region["hand_position_error_m"] for region in regions]
