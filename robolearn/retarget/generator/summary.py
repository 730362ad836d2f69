"""What a folder of generated episodes holds: how much of which task, and where its hands are."""

from collections import Counter
from typing import Any, Final

import numpy as np

from robolearn.retarget.generator.episode import Script
from robolearn.retarget.generator.motion import RATE
from robolearn.retarget.trajectory import HandTrajectory

HEIGHT_EDGES: Final = (0.0, 0.2, 0.4, 0.7, 1.0, 1.3)
"""Regions of hands above the floor [m]; those beyond count in the last ones."""


class Summary:
    """Grows with each episode; a function of the episodes alone."""

    def __init__(self) -> None:
        self._tasks: Counter[str] = Counter()
        self._frames = 0
        self._regions = np.zeros(len(HEIGHT_EDGES) - 1, dtype=np.int64)
        self._lowest, self._highest = np.inf, -np.inf

    def add(self, script: Script, trajectory: HandTrajectory) -> None:
        """Count an episode."""
        self._tasks[script.task.name] += 1
        self._frames += len(trajectory)
        height = trajectory.hand_position[..., 2].ravel()
        region = np.digitize(height, HEIGHT_EDGES[1:-1])
        self._regions += np.bincount(region, minlength=len(self._regions))
        self._lowest, self._highest = min(self._lowest, height.min()), max(self._highest, height.max())

    def to_json(self) -> dict[str, Any]:
        """For `generate.json`: frames, length [h], episodes of each task, and heights of hands.

        `hand_height_m` has the lowest and the highest one, and the share of both hands' time in each region.
        """
        shares = (self._regions / self._regions.sum()).tolist()
        edges = zip(HEIGHT_EDGES[:-1], HEIGHT_EDGES[1:], shares, strict=True)
        regions = [{"from": low, "to": high, "share": share} for low, high, share in edges]
        heights = {"lowest": float(self._lowest), "highest": float(self._highest), "regions": regions}
        hours, tasks = self._frames / RATE / 3600, dict(self._tasks)
        return {"frames": self._frames, "hours": hours, "tasks": tasks, "hand_height_m": heights}


def describe(record: dict[str, Any]) -> str:
    """What `generate.json` says, as a few lines for people."""
    heights = record["hand_height_m"]
    lines = [f"{record['n_episodes']} episodes, {record['hours']:.2f} hours"]
    lines += [f"  {count:6d}  {task}" for task, count in record["tasks"].items()]
    lines.append(f"  hands from {heights['lowest']:.2f} to {heights['highest']:.2f} m above the floor")
    lines += [
        f"  {region['share']:6.1%}  of the time at {region['from']:.1f} to {region['to']:.1f} m"
        for region in heights["regions"]
    ]
    return "\n".join(lines)
