"""The report's section on the G1's worker: tracking errors, and how they depend on the command."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from robolearn.evaluation import charts
from robolearn.evaluation.report_runs import Evaluation

_MAPS = {
    "planar_velocity_error": "planar velocity error [m/s]",
    "yaw_rate_error": "yaw rate error [rad/s]",
    "height_error": "height error [m]",
}
"""Of the regions in `eval.json`."""


def worker_section(evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """Figures and heat maps of every evaluation that has regions of commands."""
    return [_entry(run) for run in evaluations if run.record.get("regions")]


def _entry(run: Evaluation) -> dict[str, Any]:
    regions = run.record["regions"]
    rows = sorted({tuple(region["height_m"]) for region in regions}, reverse=True)
    columns = sorted({tuple(region["speed_m_s"]) for region in regions})
    maps = {title: _grid(regions, rows, columns, name) for name, title in _MAPS.items()}
    drawn = charts.heat_maps(
        maps,
        [f"{low:.2f} to {high:.2f}" for low, high in rows],
        [f"{low:.2f} to {high:.2f}" for low, high in columns],
        ("commanded height [m]", "commanded speed [m/s]"),
    )
    return {"name": run.name, "setting": run.setting, "record": run.record, "maps": drawn}


def _grid(
    regions: Sequence[Mapping[str, Any]],
    rows: Sequence[tuple[float, ...]],
    columns: Sequence[tuple[float, ...]],
    name: str,
) -> np.ndarray:
    """Values (rows, columns); NaN where no command was."""
    grid = np.full((len(rows), len(columns)), np.nan)
    for region in regions:
        place = rows.index(tuple(region["height_m"])), columns.index(tuple(region["speed_m_s"]))
        grid[place] = region[name]
    return grid
