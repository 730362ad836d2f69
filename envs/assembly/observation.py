"""The observation and action vectors of one_leg: order, frames, units."""

from typing import Final

import torch
from torch import Tensor

from envs.assembly.lying import LYING
from envs.assembly.scene import OBSTACLE, PARTS
from envs.assembly.workspace import TAG_ORIGIN, TAG_ROTATION
from robolearn.rotations import conjugate, multiply, quaternion_from_matrix, sixd_from_matrix
from robolearn.specification import VectorSpec

_AXES = ("x", "y", "z")
_SIXD = tuple(f"{row}{column}" for row in "xy" for column in _AXES)


def _entries(prefix: str, suffixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}.{suffix}" for suffix in suffixes)


def _pose_names(name: str) -> tuple[str, ...]:
    return _entries(f"{name}_position_in_tag", _AXES) + _entries(
        f"{name}_quaternion_in_tag", ("x", "y", "z", "w")
    )


OBSERVED_BODIES: Final = (*PARTS, OBSTACLE)

OBSERVATION: Final = VectorSpec(
    names=(
        *_entries("ee_position_in_robot", _AXES),
        *_entries("ee_rotation_in_robot", _SIXD),
        *_entries("ee_linear_velocity_in_robot", _AXES),
        *_entries("ee_angular_velocity_in_robot", _AXES),
        "gripper_width",
        *(entry for name in OBSERVED_BODIES for entry in _pose_names(name)),
    ),
    units=(
        *("m",) * 3,
        *("1",) * 6,
        *("m/s",) * 3,
        *("rad/s",) * 3,
        "m",
        *(unit for _ in OBSERVED_BODIES for unit in (*("m",) * 3, *("1",) * 4)),
    ),
)
"""58 numbers: 16 of the robot, then position and quaternion (x, y, z, w) of five parts and the obstacle."""

ACTION: Final = VectorSpec(
    names=(
        *_entries("ee_position_in_robot", _AXES),
        *_entries("ee_rotation_in_robot", _SIXD),
        "gripper",
    ),
    units=(*("m",) * 3, *("1",) * 6, "1"),
)
"""Absolute end-effector pose, the rotation as its matrix's first two rows; the gripper: positive closes."""

_TAG_ORIGIN = torch.tensor(TAG_ORIGIN, dtype=torch.float64)
_TAG_ROTATION = torch.tensor(TAG_ROTATION, dtype=torch.float64)
_TAG_QUATERNION = quaternion_from_matrix(_TAG_ROTATION)

FRAMES: Final = {
    "robot": (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0),
    "tag": (*TAG_ORIGIN, *conjugate(_TAG_QUATERNION).tolist()),
}
"""Poses of the frames in the robot's base frame."""


def observation(
    end_effector: tuple[Tensor, Tensor, Tensor], width: Tensor, position: Tensor, quaternion: Tensor
) -> Tensor:
    """The observations (N, 58) float32 of worlds that are described in float64, in the robot frame.

    end_effector: its positions (N, 3) [m], rotation matrices (N, 3, 3), and velocities (N, 6) [m/s, rad/s]
    width: (N, 1) between the fingers [m]
    position, quaternion: (N, B, 3) [m] and (N, B, 4), w first, of OBSERVED_BODIES
    """
    place, matrix, velocity = end_effector
    poses = poses_in_tag(position, quaternion, NOMINAL_QUATERNIONS)
    robot = (place, sixd_from_matrix(matrix), velocity, width)
    return torch.cat((*robot, poses.flatten(1)), -1).to(torch.float32)


def poses_in_tag(position: Tensor, quaternion: Tensor, reference: Tensor) -> Tensor:
    """Poses of bodies in the tag frame as (N, B, 7): position, then quaternion x, y, z, w.

    position: (N, B, 3) [m] and quaternion: (N, B, 4), w first, both in the robot frame
    reference: (B, 4) quaternions in the tag frame, w first; each result is given in the half-space of its
        reference, so that it is continuous unless a part turns half-way round from there
    """
    shifted = position - _TAG_ORIGIN
    in_tag = (shifted[..., None, :] * _TAG_ROTATION).sum(-1)
    rotated = rotation_in_tag(quaternion)
    sign = torch.where((rotated * reference).sum(-1, keepdim=True) < 0, -1.0, 1.0)
    rotated = sign * rotated
    return torch.cat((in_tag, rotated[..., 1:], rotated[..., :1]), -1)


def rotation_in_tag(quaternion: Tensor) -> Tensor:
    """Quaternions (..., 4), w first, of the robot frame expressed in the tag frame."""
    return multiply(_TAG_QUATERNION.expand_as(quaternion), quaternion)


_UNTURNED = torch.tensor([[1.0, 0.0, 0.0, 0.0]], dtype=torch.float64)

NOMINAL_QUATERNIONS: Final = rotation_in_tag(torch.cat((LYING, _UNTURNED)))
"""(B, 4) of OBSERVED_BODIES in the tag frame, w first, as an episode begins without randomness."""
