"""Figures of a worker's evaluation: falls, tracking errors, and how they depend on the command."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robolearn.evaluation.episode_table import EpisodeTable
from robolearn.evaluation.wilson import CONFIDENCE, wilson_interval

_MEANS = {
    "planar_velocity_error_m_s": "mean.planar_velocity_error",
    "yaw_rate_error_rad_s": "mean.yaw_rate_error",
    "height_error_m": "mean.height_error",
    "planar_velocity_error_over_gait_m_s": "mean.planar_velocity_error_over_gait",
    "yaw_rate_error_over_gait_rad_s": "mean.yaw_rate_error_over_gait",
    "foot_slip_m_s": "mean.foot_slip",
    "torque_nm": "mean.torque",
    "power_w": "mean.power",
    "joint_jerk_rad_s3": "mean.joint_jerk",
    "lean_back": "mean.lean_back",
}
"""Names in the record, and of the figures; see `envs.humanoid.figures`. Means over control steps."""

_ERRORS = ("planar_velocity_error", "yaw_rate_error", "height_error")


def worker_summary(table: EpisodeTable) -> dict[str, Any]:
    """Falls and means over control steps, with their intervals, and errors by region of commands."""
    falls, count = int((~table.success).sum()), len(table)
    summary: dict[str, Any] = {
        "fall_rate": falls / count,
        "fall_rate_ci95": list(wilson_interval(falls, count)),
        "seconds_between_falls": _seconds(table) / falls if falls else None,
    }
    for name, figure in _MEANS.items():
        mean, interval = weighted_mean(table.figures[figure], table.steps)
        summary |= {name: mean, f"{name}_ci95": list(interval)}
    return summary | _stands(table) | {"regions": _regions(table)}


def _stands(table: EpisodeTable) -> dict[str, Any]:
    """Means over the episodes in which a stand settled; None where it did in none."""
    drift = table.figures["stand_drift"]
    stood = ~np.isnan(drift)
    if not stood.any():
        names = ("stand_drift_m", "stand_drift_p95_m", "stand_steps_per_episode")
        return {"stand_episodes": 0} | dict.fromkeys(names)
    return {
        "stand_episodes": int(stood.sum()),
        "stand_drift_m": float(drift[stood].mean()),
        "stand_drift_p95_m": float(np.quantile(drift[stood], 0.95)),
        "stand_steps_per_episode": float(table.figures["stand_lifts"][stood].mean()),
    }


def weighted_mean(
    values: NDArray[np.float64], weights: NDArray[Any], confidence: float = CONFIDENCE
) -> tuple[float, tuple[float, float]]:
    """Mean of `values` (K,) by `weights` (K,), and a bootstrap interval over the K episodes."""
    generator = np.random.default_rng(0)
    picks = generator.integers(len(values), size=(1000, len(values)))
    means = (values * weights)[picks].sum(1) / weights[picks].sum(1)
    low, high = np.quantile(means, ((1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0))
    return float(np.average(values, weights=weights)), (float(low), float(high))


def _seconds(table: EpisodeTable) -> float:
    from envs.humanoid.scene import CONTROL_RATE

    return float(table.steps.sum()) / CONTROL_RATE


def _regions(table: EpisodeTable) -> list[dict[str, Any]]:
    """Mean errors by region of commands; empty regions are left out."""
    from envs.humanoid.figures import HEIGHT_EDGES, SPEED_EDGES

    found = []
    columns = len(SPEED_EDGES) - 1
    for region in range((len(HEIGHT_EDGES) - 1) * columns):
        steps = float(table.figures[f"region{region}.steps"].sum())
        if steps == 0.0:
            continue
        row, column = divmod(region, columns)
        errors = {name: float(table.figures[f"region{region}.{name}"].sum()) / steps for name in _ERRORS}
        found.append(
            {"height_m": _edges(HEIGHT_EDGES, row), "speed_m_s": _edges(SPEED_EDGES, column), "steps": steps}
            | errors
        )
    return found


def _edges(edges: Sequence[float], place: int) -> list[float]:
    return [edges[place], edges[place + 1]]


def describe_worker(record: dict[str, Any]) -> list[str]:
    """Lines for people."""
    low, high = record["fall_rate_ci95"]
    return [
        f"  falls  {record['fall_rate']:.1%}  ({low:.1%} to {high:.1%} at 95 %)",
        f"  planar velocity error  {record['planar_velocity_error_m_s']:.3f} m/s"
        f"  (over a gait period {record['planar_velocity_error_over_gait_m_s']:.3f})",
        f"  yaw rate error         {record['yaw_rate_error_rad_s']:.3f} rad/s"
        f"  (over a gait period {record['yaw_rate_error_over_gait_rad_s']:.3f})",
        f"  height error           {100 * record['height_error_m']:.1f} cm",
        _describe_stands(record),
        f"  torque {record['torque_nm']:.1f} N m, power {record['power_w']:.0f} W",
    ]


def _describe_stands(record: dict[str, Any]) -> str:
    if not record["stand_episodes"]:
        return "  no stand settled"
    return (
        f"  drift while standing   {100 * record['stand_drift_m']:.1f} cm"
        f"  (95th percentile {100 * record['stand_drift_p95_m']:.1f} cm),"
        f" {record['stand_steps_per_episode']:.2f} steps in each of {record['stand_episodes']} episodes"
    )
