"""Where the tour leads, and the velocities that lead there."""

from typing import Final

import torch
from torch import Tensor

from envs.humanoid.streams import Stream
from envs.humanoid.tour.protocol import (
    CENTRE,
    POSITION_BAND,
    POSITION_GAIN,
    RADIUS,
    WAYPOINTS,
    YAW_BAND,
    YAW_GAIN,
)
from robolearn.counter_random import uniform
from robolearn.policies.worker.drive import VelocityLimits

_TURN: Final = 2.0 * torch.pi


def draw_waypoints(seeds: Tensor) -> Tensor:
    """Waypoints x, y [m] and yaw [rad] in the start frame, (K, 18, 3), of episodes `seeds` (K,).

    Positions are uniform in a disc, yaws in a turn.
    """
    shares = uniform(seeds, Stream.TOUR, 0, 3 * WAYPOINTS).view(-1, WAYPOINTS, 3)
    radius, bearing = RADIUS * shares[..., 0].sqrt(), _TURN * shares[..., 1]
    x, y = CENTRE[0] + radius * bearing.cos(), CENTRE[1] + radius * bearing.sin()
    return torch.stack((x, y, _TURN * (shares[..., 2] - 0.5)), 2)


def errors(position: Tensor, yaw: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Way to go (K, 2) in the heading frame [m], and the shorter turn (K,) [rad].

    position, yaw: (K, 2) [m] and (K,) [rad] of the pelvis; target: (K, 3), a waypoint of each
    """
    x, y = (target[:, :2] - position).unbind(1)
    cosine, sine = yaw.cos(), yaw.sin()
    turn = torch.remainder(target[:, 2] - yaw + torch.pi, _TURN) - torch.pi
    return torch.stack((cosine * x + sine * y, cosine * y - sine * x), 1), turn


class Guide:
    """Commands velocities proportional to the errors, and zero near enough, with hysteresis, in N worlds."""

    def __init__(self, num_worlds: int, limits: VelocityLimits) -> None:
        self._limits = limits
        self._there = torch.zeros(num_worlds, dtype=torch.bool)
        self._turned = torch.zeros(num_worlds, dtype=torch.bool)

    def forget(self, worlds: Tensor) -> None:
        """A new target begins in the named worlds, (K,) int64."""
        self._there[worlds] = False
        self._turned[worlds] = False

    def velocities(self, worlds: Tensor, way: Tensor, turn: Tensor) -> Tensor:
        """Commands x, y [m/s] and yaw rate [rad/s], (K, 3), in the named worlds, from `errors`."""
        there = _within(self._there[worlds], way.norm(dim=1), POSITION_BAND)
        turned = _within(self._turned[worlds], turn.abs(), YAW_BAND)
        self._there[worlds], self._turned[worlds] = there, turned
        velocity = POSITION_GAIN * way * ~there[:, None]
        speed = velocity.norm(dim=1, keepdim=True)
        velocity = velocity * (self._limits.speed / speed.clamp(min=1e-6)).clamp(max=1.0)
        x = velocity[:, 0].clamp(self._limits.backward, self._limits.forward)
        y = velocity[:, 1].clamp(-self._limits.sideways, self._limits.sideways)
        rate = (YAW_GAIN * turn * ~turned).clamp(-self._limits.yaw_rate, self._limits.yaw_rate)
        return torch.stack((x, y, rate), 1)


def _within(before: Tensor, error: Tensor, band: tuple[float, float]) -> Tensor:
    """Whether errors count as none, (K,): once below the band, until above it."""
    return torch.where(before, error <= band[1], error < band[0])
