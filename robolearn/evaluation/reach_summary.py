"""Figures of a manager's evaluation: completion, and errors of hands and heading."""

from typing import Any

import numpy as np

from robolearn.evaluation.episode_table import EpisodeTable
from robolearn.evaluation.wilson import wilson_interval
from robolearn.evaluation.worker_summary import weighted_mean

_SIDES = ("left", "right")


def reach_summary(table: EpisodeTable) -> dict[str, Any]:
    """Completed episodes with their Wilson interval; mean errors over all control steps, with theirs.

    Of a hand: the mean of left and right; each alone as well. Steps after a fall do not count.
    """
    count, completed = len(table), int(table.success.sum())
    summary: dict[str, Any] = {
        "completion_rate": completed / count,
        "completion_ci95": list(wilson_interval(completed, count)),
    }
    position = {side: table.figures[f"mean.{side}_hand_position_error"] for side in _SIDES}
    turn = {side: np.rad2deg(table.figures[f"mean.{side}_hand_orientation_error"]) for side in _SIDES}
    figures = {
        "hand_position_error_m": (position["left"] + position["right"]) / 2.0,
        "hand_orientation_error_deg": (turn["left"] + turn["right"]) / 2.0,
        "heading_error_deg": np.rad2deg(table.figures["mean.heading_error"]),
        "base_position_error_m": table.figures["mean.base_position_error"],
        "pelvis_height_error_m": table.figures["mean.height_error"],
        **{f"{side}_hand_position_error_m": position[side] for side in _SIDES},
        **{f"{side}_hand_orientation_error_deg": turn[side] for side in _SIDES},
    }
    for name, values in figures.items():
        mean, interval = weighted_mean(values, table.steps)
        summary |= {name: mean, f"{name}_ci95": list(interval)}
    return summary | {"by_hand_height": _by_height(table)}


def _by_height(table: EpisodeTable) -> list[dict[str, Any]]:
    """Mean hand errors by the lower hand's height; empty regions are left out."""
    from envs.humanoid.reach.figures import HEIGHT_EDGES

    found = []
    for region in range(len(HEIGHT_EDGES) - 1):
        steps = float(table.figures[f"height{region}.steps"].sum())
        if steps:
            error = float(table.figures[f"height{region}.hand_position_error"].sum()) / steps
            edges = [HEIGHT_EDGES[region], HEIGHT_EDGES[region + 1]]
            found.append({"hand_height_m": edges, "steps": steps, "hand_position_error_m": error})
    return found


def describe_reach(record: dict[str, Any]) -> list[str]:
    """Lines for people."""
    low, high = record["completion_ci95"]
    return [
        f"  completed    {record['completion_rate']:.1%}  ({low:.1%} to {high:.1%} at 95 %)",
        f"  hands        {100 * record['hand_position_error_m']:.1f} cm,"
        f" {record['hand_orientation_error_deg']:.1f} degrees",
        f"  heading      {record['heading_error_deg']:.1f} degrees",
    ] + [
        f"  hand at {region['hand_height_m'][0]:.1f} to {region['hand_height_m'][1]:.1f} m"
        f"  {100 * region['hand_position_error_m']:.1f} cm"
        for region in record["by_hand_height"]
    ]
