"""What the worker is told to do in training and evaluation: squat, stand, walk, and walk in a crouch."""

from typing import Final

import torch
from torch import Tensor

from envs.humanoid.settings import CommandRanges
from robolearn.counter_random import between, uniform
from robolearn.policies.worker.command import is_moving

STANDING_HEIGHT: Final = 0.74
CROUCH_DEPTH: Final = 0.16
"""Half of the walking commands are lower than standing by up to this [m] (TrajBooster, B.4)."""


def draw_commands(
    seeds: Tensor, stream: int, counter: Tensor, ranges: CommandRanges, speed: Tensor, low: Tensor
) -> Tensor:
    """Commands (N, 4) of episodes `seeds` (N,), the `counter`-th of each (N,).

    speed: share of the velocities' ranges that is used, (N,) in 0 to 1
    low: (N,) in 0 to 1; with 1 all commands squat, and heights' shares of their range are squared
    """
    shares = uniform(seeds, stream, counter, 6)
    kind = shares[:, 0]
    squats = ranges.squats + (1.0 - ranges.squats) * low
    walks = kind >= squats + ranges.stands
    velocity = torch.stack(
        (
            between(ranges.backward, ranges.forward, shares[:, 1]),
            between(-ranges.sideways, ranges.sideways, shares[:, 2]),
            between(-ranges.yaw_rate, ranges.yaw_rate, shares[:, 3]),
        ),
        1,
    )
    velocity *= (speed * walks)[:, None]
    squat = between(ranges.lowest, ranges.highest, shares[:, 4] ** (1.0 + low))
    depth = torch.where(shares[:, 5] < 0.5, CROUCH_DEPTH * shares[:, 4], torch.zeros_like(kind))
    height = torch.where(walks, STANDING_HEIGHT - depth, torch.full_like(kind, STANDING_HEIGHT))
    height = torch.where(kind < squats, squat, height)
    command = torch.cat((velocity, height[:, None]), 1)
    command[:, :3] *= is_moving(command)[:, None]
    return command
