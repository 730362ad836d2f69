"""Figures of an evaluation, from its episodes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from robolearn.evaluation.episode_table import EpisodeTable
from robolearn.evaluation.reach_summary import describe_reach, reach_summary
from robolearn.evaluation.tour_summary import describe_tour, tour_summary
from robolearn.evaluation.wilson import wilson_interval
from robolearn.evaluation.worker_summary import describe_worker, worker_summary


def summarise(table: EpisodeTable, phases: Sequence[str]) -> dict[str, Any]:
    """Rates with their 95 % intervals, mean steps to success, faults, and how far episodes came.

    `phases` holds for each stage the episodes that reached it, and those that failed right there.
    """
    count, successes = len(table), int(table.success.sum())
    return {
        "success_rate": successes / count,
        "success_ci95": list(wilson_interval(successes, count)),
        "n_episodes": count,
        "successes": successes,
        "faults": int(table.fault.sum()),
        "mean_steps_to_success": float(table.steps[table.success].mean()) if successes else None,
        "mean_return": float(table.episode_return.mean()),
        "phases": [_phase(table, index, name) for index, name in enumerate(phases)],
    }


def _phase(table: EpisodeTable, index: int, name: str) -> dict[str, Any]:
    reached = int((table.phase >= index).sum())
    return {
        "name": name,
        "reached": reached,
        "reached_rate": reached / len(table),
        "reached_ci95": list(wilson_interval(reached, len(table))),
        "failed_here": int(np.count_nonzero((table.phase == index) & ~table.success)),
    }


def task_summary(task: str, table: EpisodeTable) -> dict[str, Any]:
    """The figures that only this task has."""
    return _SUMMARIES[task](table) if task in _SUMMARIES else {}


def describe(record: dict[str, Any]) -> str:
    """An evaluation's record as a few lines for people."""
    low, high = record["success_ci95"]
    disturbed = ", disturbed" if record["disturbance"] else ""
    steps = record["mean_steps_to_success"]
    lines = [
        f"{record['policy']} on {record['task']} (randomness {record['randomness']}{disturbed}, "
        f"seed {record['seed']})",
        f"  success  {record['success_rate']:.1%}  ({low:.1%} to {high:.1%} at 95 %)"
        f"  {record['successes']} of {record['n_episodes']} episodes",
        f"  steps to success  {'none succeeded' if steps is None else f'{steps:.0f} on average'}",
    ]
    lines += [
        f"  {phase['name']:16} reached by {phase['reached_rate']:6.1%}, {phase['failed_here']} failed here"
        for phase in record["phases"]
    ]
    lines += _DESCRIPTIONS[record["task"]](record) if record["task"] in _DESCRIPTIONS else []
    if record["faults"]:
        lines.append(f"  physics faults  {record['faults']}")
    if record["control_steps_per_s"] is not None:
        lines.append(f"  {record['control_steps_per_s']:,.0f} control steps a second")
    return "\n".join(lines)


_SUMMARIES: Mapping[str, Callable[[EpisodeTable], dict[str, Any]]] = {
    "g1_worker": worker_summary,
    "g1_worker_legs": worker_summary,
    "g1_stand": worker_summary,
    "g1_reach": reach_summary,
    "g1_tour": tour_summary,
}
_DESCRIPTIONS: Mapping[str, Callable[[dict[str, Any]], list[str]]] = {
    "g1_worker": describe_worker,
    "g1_worker_legs": describe_worker,
    "g1_stand": describe_worker,
    "g1_reach": describe_reach,
    "g1_tour": describe_tour,
}
