"""What the worker sees: its command, the gait clock, and what the robot measures, with noise."""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.state import HumanoidState
from envs.robots.g1.constants import JOINTS
from robolearn.policies.worker.command import COMMAND
from robolearn.specification import VectorSpec

_PARTS: Final = (
    *((f"command.{name}", unit) for name, unit in zip(COMMAND, ("m/s", "m/s", "rad/s", "m"), strict=True)),
    ("gait.height", "m"),
    ("gait.sine", "1"),
    ("gait.cosine", "1"),
    *((f"angular_velocity_in_pelvis.{axis}", "rad/s") for axis in "xyz"),
    *((f"gravity_in_pelvis.{axis}", "1") for axis in "xyz"),
    *((f"{joint}.position", "rad") for joint in JOINTS),
    *((f"{joint}.velocity", "rad/s") for joint in JOINTS),
)

OBSERVATION: Final = VectorSpec(tuple(name for name, _ in _PARTS), tuple(unit for _, unit in _PARTS))
"""71 entries: command 4, gait 3, gyroscope 3, gravity 3, joint positions 29, joint velocities 29."""


@dataclass(frozen=True)
class SensorNoise:
    """Half-widths of uniform noise, as mjlab's G1 velocity task has them.

    angular_velocity [rad/s], gravity [1], position [rad], velocity [rad/s]
    """

    angular_velocity: float = 0.2
    gravity: float = 0.05
    position: float = 0.01
    velocity: float = 1.5

    def half_widths(self) -> Tensor:
        """(64,) of the measured entries, in the order of the observation."""
        joints = len(JOINTS)
        parts = (
            (self.angular_velocity, 3),
            (self.gravity, 3),
            (self.position, joints),
            (self.velocity, joints),
        )
        return torch.cat([torch.full((size,), width) for width, size in parts])


def measured(state: HumanoidState, worlds: Tensor | slice = slice(None)) -> Tensor:
    """What the sensors of K worlds say without noise, (K, 64)."""
    parts = (
        state.angular_velocity_in_pelvis,
        state.gravity_in_pelvis,
        state.joint_position,
        state.joint_velocity,
    )
    return torch.cat([part[worlds] for part in parts], 1)
