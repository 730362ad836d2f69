"""From what a user commands to what the worker is told: steady changes, and a gait clock."""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

GAIT_PERIOD: Final = 0.6
"""Of two steps [s]; chosen: G1 policies with a clock use 0.6 to 0.8 s. A worker of 0.7 s fell, under pushes,
in 12, 9 and 16 % of 192 episodes with 0.7, 0.62 and 0.55 s."""

ROUNDING: Final = 1e-3
"""Of a step, by which it ends early: it takes whole control steps, however numbers are rounded."""

GREATEST_HURRY: Final = 1.75
HURRIES_FROM, HURRIES_UP_TO = 2.0, 6.5
"""How much faster the gait clock runs at the greatest, and the requests to step from which and up to which it
becomes so: who topples must have its foot down sooner. The slope was chosen on 64 walking tours, by a worker
that was not trained for it, how far it goes on 300, by one that knew it up to 1.5: `docs/worker.md`."""

LOWERING_RATE, RISING_RATE = 0.25, 0.5
"""Greatest speeds of the height that the worker is told [m/s]; chosen: a deep squat takes 1.8 s. At twice the
speed, a trunk that leans forward on the way down looks like one that falls."""

VELOCITY_RATE: Final = (2.0, 2.0, 3.0)
"""Greatest changes of the velocities that the worker is told [m/s^2, m/s^2, rad/s^2]; chosen: from a brisk
walk to a stand in a gait period. Told at once to stand, it fell over its own speed."""

CATCHING_HEIGHT: Final = 0.53
"""A robot that steps though it is told to stand is told at least this height [m]: with legs folded it cannot
step far, and from higher its hands do not reach low. Chosen between 0.58 and 0.46: `docs/worker.md`."""

FOOT_LIFT: Final = 0.08
"""Height of a swinging foot at the middle of its step [m]; chosen."""

STILL: Final = 0.05
"""Commands of less than this planar velocity [m/s] and yaw rate [rad/s] mean to stand."""

LOWEST_WALK: Final = 0.57
"""Commands of lower pelvises [m] than this should mean to stand: workers learn to walk from 0.58 m on
(TrajBooster, B.4), and fall where they are told to do it lower."""

SLOWEST_WALK: Final = (0.18, 0.3)
"""Planar velocity [m/s] and yaw rate [rad/s] below both of which a manager's command means to stand; steps
sway the hands, and the arms reach what so slow a walk would bring nearer. Measured on the same 128
trajectories: robots stepped 70, 55 and 46 % of the time with 0.1 and 0.15, 0.14 and 0.25, and these; hands
were 4.0, 4.0 and 3.7 cm off."""

COMMAND: Final = ("velocity_x", "velocity_y", "yaw_rate", "height")
"""Entries of a command: velocities of the pelvis in the heading frame (x forward, y left) [m/s, rad/s], and
the height of the pelvis above the soles [m]."""


@dataclass
class Gait:
    """What the worker is told in place of its command, N worlds at once.

    velocity: (N, 3) the steadily changing velocities and yaw rate [m/s, rad/s]
    height: (N,) the steadily moving height [m]
    phase: (N,) of the gait in [0, 1): the left foot swings in the first half, the right one in the second
    moving: (N,) bool, whether the clock runs
    """

    velocity: Tensor
    height: Tensor
    phase: Tensor
    moving: Tensor

    def of(self, worlds: Tensor | slice) -> "Gait":
        """That of some worlds."""
        return Gait(self.velocity[worlds], self.height[worlds], self.phase[worlds], self.moving[worlds])

    @property
    def clock(self) -> Tensor:
        """Sine and cosine of the phase, (N, 2); zero while standing."""
        angle = 2.0 * torch.pi * self.phase
        return torch.stack((angle.sin(), angle.cos()), 1) * self.moving[:, None]


class CommandShaper:
    """Follows the commands of N worlds, one control step after the other."""

    def __init__(self, num_worlds: int, control_period: float, device: torch.device | str = "cpu") -> None:
        self._period = control_period
        self._velocity_rate = control_period * torch.tensor(VELOCITY_RATE, device=device)
        self.gait = Gait(
            torch.zeros(num_worlds, 3, device=device),
            torch.zeros(num_worlds, device=device),
            torch.zeros(num_worlds, device=device),
            torch.zeros(num_worlds, dtype=torch.bool, device=device),
        )

    def reset(self, worlds: Tensor, height: Tensor) -> None:
        """Begin at heights (K,) [m], standing, in the named worlds, (K,) int64."""
        self.gait.velocity[worlds] = 0.0
        self.gait.height[worlds] = height
        self.gait.phase[worlds] = 0.0
        self.gait.moving[worlds] = False

    def step(self, command: Tensor, request: Tensor) -> None:
        """Advance by one control step under commands (N, 4). A step that has begun is ended.

        A robot that begins to step, asked to or by a command, does so with the foot that the request names.

        request: (N,) of the worker's, see `STEP_REQUEST`
        """
        gait = self.gait
        change = command[:, :3] - gait.velocity
        gait.velocity = gait.velocity + torch.minimum(
            torch.maximum(change, -self._velocity_rate), self._velocity_rate
        )
        gait.height = gait.height + height_change(gait, command, self._period)
        wanted = is_moving(command) | is_moving(gait.velocity) | (request.abs() >= 1.0)
        first = torch.where(request < 0.0, 0.5, 0.0)
        begun = torch.where(gait.moving, gait.phase, first)
        advanced = begun + self._period / GAIT_PERIOD * hurry(request) * (gait.moving | wanted)
        halves = (2.0 * advanced + ROUNDING).floor()
        step_ends = halves > (2.0 * begun + ROUNDING).floor()
        stops = ~wanted & step_ends
        gait.phase = torch.where(stops, halves / 2.0, advanced) % 1.0
        gait.moving = wanted | (gait.moving & ~stops)


def hurry(request: Tensor) -> Tensor:
    """(N,) by which the gait clock runs faster at requests to step (N,)."""
    share = ((request.abs() - HURRIES_FROM) / (HURRIES_UP_TO - HURRIES_FROM)).clamp(0.0, 1.0)
    return 1.0 + (GREATEST_HURRY - 1.0) * share


def height_goal(gait: Gait, command: Tensor) -> Tensor:
    """Heights (N,) [m] that the one told moves to under commands (N, 4)."""
    catches = gait.moving & ~is_moving(command)
    return torch.where(catches, command[:, 3].clamp(min=CATCHING_HEIGHT), command[:, 3])


def height_change(gait: Gait, command: Tensor, period: float) -> Tensor:
    """Changes (N,) [m] of the height told in a control period [s] under commands (N, 4)."""
    way = height_goal(gait, command) - gait.height
    return way.clamp(-LOWERING_RATE * period, RISING_RATE * period)


def standing_when_low_or_slow(command: Tensor) -> Tensor:
    """Commands (N, 4) without velocities where they are lower than `LOWEST_WALK` or below `SLOWEST_WALK`."""
    planar, yaw_rate = SLOWEST_WALK
    fast = (command[:, :2].norm(dim=1) >= planar) | (command[:, 2].abs() >= yaw_rate)
    walks = fast & (command[:, 3] >= LOWEST_WALK)
    return torch.cat((command[:, :3] * walks[:, None], command[:, 3:]), 1)


def is_moving(command: Tensor) -> Tensor:
    """(N,) bool: commands (N, 3 or more) that ask for more than standing."""
    return (command[:, :2].norm(dim=1) > STILL) | (command[:, 2].abs() > STILL)
