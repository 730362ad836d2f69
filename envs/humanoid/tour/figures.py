"""What the tour measures of its episodes, kept while they run."""

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.state import HumanoidState

_KILO: Final = 1e-3


class TourFigures:
    """Sums over the running episodes of N worlds."""

    def __init__(self, num_worlds: int, period: float) -> None:
        """period: of control [s]."""
        self._period = period
        names = ("steps", "completed", "targets", "position", "turn", "energy")
        self._sums = {name: torch.zeros(num_worlds, dtype=torch.float64) for name in names}

    def reset(self, worlds: Tensor) -> None:
        """New episodes begin in the named worlds, (K,) int64."""
        for value in self._sums.values():
            value[worlds] = 0.0

    def add_step(self, state: HumanoidState, running: Tensor, completed: Tensor) -> None:
        """Count one control step of the worlds of the mask (N,) bool. completed: (N,) bool."""
        power = (state.torque * state.joint_velocity).double()
        self._sums["steps"] += running
        self._sums["completed"] += completed
        self._sums["energy"] += (power.abs().sum(1) * running).nan_to_num()

    def add_target(self, worlds: Tensor, way: Tensor, turn: Tensor) -> None:
        """Segments end in the named worlds, (K,), at errors (K, 2) [m] and (K,) [rad]."""
        self._sums["targets"][worlds] += 1.0
        self._sums["position"][worlds] += way.norm(dim=1).double()
        self._sums["turn"][worlds] += turn.abs().double()

    def values(self) -> Mapping[str, Tensor]:
        """By name, (N,) each.

        survival_s: until the fall, or all of the tour
        completed: 1 or 0
        targets: segments that were finished
        position_error_m, yaw_error_deg: means over their ends; NaN where there is none
        energy_kj: absolute mechanical power of all joints, summed over control steps
        """
        sums = self._sums
        return {
            "survival_s": sums["steps"] * self._period,
            "completed": sums["completed"].clone(),
            "targets": sums["targets"].clone(),
            "position_error_m": sums["position"] / sums["targets"],
            "yaw_error_deg": torch.rad2deg(sums["turn"] / sums["targets"]),
            "energy_kj": sums["energy"] * self._period * _KILO,
        }
