"""Figures of merit of a worker's episodes, kept while they run."""

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.rewards import Moment
from envs.humanoid.scene import CONTROL_RATE
from robolearn.policies.worker.command import GAIT_PERIOD, is_moving

HEIGHT_EDGES: Final = (0.30, 0.42, 0.54, 0.66, 0.76)
SPEED_EDGES: Final = (0.0, 0.05, 0.35, 0.7, 1.4)
"""Regions of commands: pelvis height [m], and planar speed or half the yaw rate, whichever is more [m/s]."""

SETTLING_SECONDS: Final = 2.0
"""After a command to stand, before drift counts: a step that has begun is ended, and a squat done."""

_GAIT_STEPS: Final = round(GAIT_PERIOD * CONTROL_RATE)
"""Control steps of a gait period."""

_SUMS: Final = (
    *("planar_velocity_error", "yaw_rate_error", "height_error", "foot_slip"),
    *("torque", "power", "joint_jerk", "lean_back"),
    *("planar_velocity_error_over_gait", "yaw_rate_error_over_gait"),
)
"""Means over control steps. "Over gait": of errors' means over a gait period, without a step's sway."""


class WorkerFigures:
    """Sums over the running episodes of N worlds; `values` are means."""

    def __init__(self, num_worlds: int) -> None:
        self._steps = torch.zeros(num_worlds, dtype=torch.float64)
        self._sums = torch.zeros(num_worlds, len(_SUMS), dtype=torch.float64)
        regions = (len(HEIGHT_EDGES) - 1) * (len(SPEED_EDGES) - 1)
        self._regions = torch.zeros(num_worlds, regions, 4, dtype=torch.float64)
        self._still_for = torch.zeros(num_worlds)
        self._origin = torch.zeros(num_worlds, 2)
        self._drift = torch.full((num_worlds,), torch.nan, dtype=torch.float64)
        self._lifts = torch.zeros(num_worlds, dtype=torch.float64)
        self._acceleration = torch.zeros(num_worlds, 0)
        self._window = torch.zeros(_GAIT_STEPS, num_worlds, 3)

    def reset(self, worlds: Tensor) -> None:
        """New episodes begin in the named worlds, (K,) int64."""
        for tensor in (self._steps, self._sums, self._regions, self._still_for, self._lifts):
            tensor[worlds] = 0
        self._drift[worlds] = torch.nan
        self._window[:, worlds] = 0.0

    def add(self, moment: Moment, pelvis: Tensor, running: Tensor) -> None:
        """Count one control step of the worlds of the mask (N,) bool. pelvis: (N, 2) in the world [m]."""
        values = self._step(moment)
        self._steps += running
        self._sums += (values * running[:, None]).double()
        self._add_to_region(moment, values, running)
        self._add_drift(moment, pelvis, running)

    def _step(self, m: Moment) -> Tensor:
        state, before = m.state, m.before
        acceleration = (state.joint_velocity - before.joint_velocity) / m.period
        if self._acceleration.shape != acceleration.shape:
            self._acceleration = acceleration
        # At an episode's first step there is no acceleration before.
        first = (self._steps == 0)[:, None]
        jerk = torch.where(first, 0.0, acceleration - self._acceleration) / m.period
        self._acceleration = acceleration
        planar = m.command[:, :2] - state.velocity_in_heading[:, :2]
        turning = m.command[:, 2] - state.yaw_rate
        drift = self._over_gait(torch.cat((planar, turning[:, None]), 1))
        slip = (state.foot_velocity[..., :2].norm(dim=2) * state.foot_contact * before.foot_contact).sum(1)
        return torch.stack(
            (
                planar.norm(dim=1),
                turning.abs(),
                (m.command[:, 3] - state.pelvis_height).abs(),
                slip / state.foot_contact.sum(1).clamp(min=1),
                state.torque.square().mean(1).sqrt(),
                (state.torque * state.joint_velocity).clamp(min=0.0).sum(1),
                jerk.square().mean(1).sqrt(),
                state.gravity_in_pelvis[:, 0].clamp(max=0.0).neg(),
                drift[:, :2].norm(dim=1),
                drift[:, 2].abs(),
            ),
            1,
        )

    def _over_gait(self, error: Tensor) -> Tensor:
        """Mean of the errors (N, 3) of the last gait period."""
        self._window = torch.cat((error[None], self._window[:-1]))
        held = (self._steps + 1).clamp(max=_GAIT_STEPS).float()
        return self._window.sum(0) / held[:, None]

    def _add_to_region(self, m: Moment, values: Tensor, running: Tensor) -> None:
        speed = torch.maximum(m.command[:, :2].norm(dim=1), m.command[:, 2].abs() / 2.0)
        row = _bin(m.command[:, 3], HEIGHT_EDGES)
        region = row * (len(SPEED_EDGES) - 1) + _bin(speed, SPEED_EDGES)
        entry = torch.cat((torch.ones(len(region), 1), values[:, :3]), 1) * running[:, None]
        worlds = torch.arange(len(region))
        self._regions[worlds, region] += entry.double()

    def _add_drift(self, m: Moment, pelvis: Tensor, running: Tensor) -> None:
        """Farthest distance from where the pelvis was when a stand had settled, and feet lifted since."""
        still = ~is_moving(m.command) & running
        self._still_for = torch.where(still, self._still_for + m.period, torch.zeros_like(self._still_for))
        settled = self._still_for >= SETTLING_SECONDS
        begins = settled & (self._still_for < SETTLING_SECONDS + m.period)
        self._origin = torch.where(begins[:, None], pelvis, self._origin)
        distance = torch.where(settled, (pelvis - self._origin).norm(dim=1), torch.nan)
        self._drift = torch.fmax(self._drift, distance.double())
        lifted = m.before.foot_contact & ~m.state.foot_contact
        self._lifts += (lifted.sum(1) * settled).double()

    def values(self) -> Mapping[str, Tensor]:
        """By name, (N,) each: means over the episode, sums of regions, drift and steps while standing.

        The drift is NaN in episodes where no stand settled.
        """
        means = self._sums / self._steps.clamp(min=1)[:, None]
        found = {f"mean.{name}": means[:, place] for place, name in enumerate(_SUMS)}
        found |= {"stand_drift": self._drift, "stand_lifts": self._lifts}
        for region in range(self._regions.shape[1]):
            for place, name in enumerate(("steps", *_SUMS[:3])):
                found[f"region{region}.{name}"] = self._regions[:, region, place]
        return found


def _bin(value: Tensor, edges: tuple[float, ...]) -> Tensor:
    """(N,) int64: which of the intervals between the edges, the outer ones open."""
    return torch.bucketize(value.contiguous(), torch.tensor(edges[1:-1]), right=True)
