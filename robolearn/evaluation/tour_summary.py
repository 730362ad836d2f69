"""Figures of a walking tour, from its episodes; what is averaged over what is as in the published tables."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from robolearn.evaluation.episode_table import EpisodeTable
from robolearn.evaluation.wilson import wilson_interval
from robolearn.evaluation.worker_summary import weighted_mean


def tour_summary(table: EpisodeTable) -> dict[str, Any]:
    """Completed tours with their Wilson interval, and means with bootstrap intervals over episodes.

    Survival is over all episodes, errors over the targets of all episodes, energy over completed tours. A
    mean over nothing is None, and so is its interval.
    """
    completed, targets = table.success, table.figures["targets"]
    everything = np.ones(len(table))
    figures = {
        "survival_s": everything,
        "position_error_m": targets,
        "yaw_error_deg": targets,
        "energy_kj": completed,
    }
    count = int(completed.sum())
    summary: dict[str, Any] = {
        "completed_rate": count / len(table),
        "completed_ci95": list(wilson_interval(count, len(table))),
    }
    for name, weights in figures.items():
        mean, interval = _mean(table.figures[name], weights)
        summary |= {name: mean, f"{name}_ci95": interval}
    return summary


def _mean(values: NDArray[np.float64], weights: NDArray[Any]) -> tuple[float | None, list[float] | None]:
    """Mean of `values` (K,) by `weights` (K,), and its interval; values of no weight may be NaN."""
    counted = weights > 0
    if not counted.any():
        return None, None
    mean, interval = weighted_mean(values[counted], weights[counted])
    return mean, list(interval)


def describe_tour(record: dict[str, Any]) -> list[str]:
    """Lines for people."""
    low, high = record["completed_ci95"]
    lines = [
        f"  completed  {record['completed_rate']:.1%}  ({low:.1%} to {high:.1%} at 95 %)",
        f"  survival   {record['survival_s']:.1f} s",
    ]
    if record["position_error_m"] is not None:
        lines.append(
            f"  errors     {100 * record['position_error_m']:.0f} cm, {record['yaw_error_deg']:.0f} degrees"
        )
    if record["energy_kj"] is not None:
        lines.append(f"  energy     {record['energy_kj']:.1f} kJ")
    return lines
