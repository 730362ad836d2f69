"""One punch a segment: at the anchor of a random joint, in a random direction, harder as the tour goes on."""

from typing import Final

import mujoco
import torch
from torch import Tensor

from envs.humanoid.streams import Stream
from envs.humanoid.tour.protocol import (
    CONTROL_RATE,
    PUNCH_CEILING,
    PUNCH_DELAY_STEPS,
    PUNCH_FIRST,
    PUNCH_LEAST,
    PUNCH_RAMP_SECONDS,
    PUNCH_STEPS,
    SEGMENT_STEPS,
)
from envs.robots.g1.constants import JOINTS
from envs.simulation import Simulation
from robolearn.counter_random import between, uniform

_SEGMENT_SECONDS: Final = SEGMENT_STEPS / CONTROL_RATE


def is_due(step: Tensor) -> Tensor:
    """(K,) bool: whether control steps (K,) are in a punch."""
    since = step % SEGMENT_STEPS - PUNCH_DELAY_STEPS
    return (since >= 0) & (since < PUNCH_STEPS)


def ceiling(segment: Tensor) -> Tensor:
    """Greatest force (K,) [N] of the punches of segments (K,)."""
    climbed = (segment * _SEGMENT_SECONDS / PUNCH_RAMP_SECONDS).clamp(max=1.0)
    return PUNCH_CEILING * between(PUNCH_FIRST, 1.0, climbed)


def draw_punches(seeds: Tensor, segment: Tensor) -> tuple[Tensor, Tensor]:
    """Joints, (K,) indices into `constants.JOINTS`, and forces in the world, (K, 3) [N], of episodes (K,)."""
    which, size, height, bearing = uniform(seeds, Stream.TOUR_PUNCH, segment, 4).unbind(1)
    joint = (which * len(JOINTS)).long()
    z, angle = 2.0 * height - 1.0, 2.0 * torch.pi * bearing
    planar = (1.0 - z * z).sqrt()
    direction = torch.stack((planar * angle.cos(), planar * angle.sin(), z), 1)
    force = ceiling(segment) * between(PUNCH_LEAST, 1.0, size)
    return joint, direction * force[:, None]


class Puncher:
    """Carries punches out on the worlds of a simulation."""

    def __init__(self, simulation: Simulation) -> None:
        model: mujoco.MjModel = simulation.model
        self._joints = torch.tensor([int(model.joint(name).id) for name in JOINTS])
        self._bodies = torch.tensor([int(model.joint(name).bodyid[0]) for name in JOINTS])
        self._anchors, self._centres = simulation.view("xanchor"), simulation.view("xipos")
        self._wrenches = simulation.view("xfrc_applied")

    def clear(self) -> None:
        """Nobody is punched."""
        self._wrenches.zero_()

    def apply(self, worlds: Tensor, joint: Tensor, force: Tensor) -> None:
        """Push the links of joints (K,) at their anchors with forces (K, 3) [N], in the named worlds (K,)."""
        body = self._bodies[joint]
        lever = self._anchors[worlds, self._joints[joint]] - self._centres[worlds, body]
        push = force.double()
        self._wrenches[worlds, body] = torch.cat((push, torch.cross(lever, push, dim=1)), 1)
