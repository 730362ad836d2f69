"""Orders, signs and interpolation of quaternions in numpy arrays (..., 4); w comes first unless said."""

import numpy as np
import torch
from numpy.typing import NDArray

from robolearn import rotations

Array = NDArray[np.float64]


def w_first(xyzw: Array) -> Array:
    """Quaternions whose w comes last, with w first."""
    return np.roll(xyzw, 1, axis=-1)


def w_last(wxyz: Array) -> Array:
    """Quaternions with w last."""
    return np.roll(wxyz, -1, axis=-1)


def multiply(left: Array, right: Array) -> Array:
    """Hamilton product: the rotation `right`, then `left`."""
    return rotations.multiply(torch.from_numpy(left), torch.from_numpy(right)).numpy()


def slerp(start: Array, end: Array, share: Array) -> Array:
    """The rotation at `share` (...) of the shorter way from `start` to `end` (..., 4)."""
    first, last = torch.from_numpy(start), torch.from_numpy(end)
    way = rotations.axis_angle_from_quaternion(rotations.multiply(rotations.conjugate(first), last))
    part = rotations.quaternion_from_axis_angle(torch.from_numpy(share)[..., None] * way)
    return rotations.multiply(first, part).numpy()


def angle_between(left: Array, right: Array) -> Array:
    """Angles (...) [rad] from 0 to pi between the rotations."""
    relative = rotations.multiply(rotations.conjugate(torch.from_numpy(left)), torch.from_numpy(right))
    return rotations.axis_angle_from_quaternion(relative).norm(dim=-1).numpy()


def from_euler(angles: Array) -> Array:
    """Quaternions of roll, pitch and yaw (..., 3) [rad]: yaw about z, pitch about the new y, roll about x."""
    half = angles / 2
    (cr, cp, cy), (sr, sp, sy) = (np.moveaxis(part, -1, 0) for part in (np.cos(half), np.sin(half)))
    return np.stack(
        (
            cr * cp * cy + sr * sp * sy,
            sr * cp * cy - cr * sp * sy,
            cr * sp * cy + sr * cp * sy,
            cr * cp * sy - sr * sp * cy,
        ),
        -1,
    )


def steady_signs(quaternions: Array) -> Array:
    """The same rotations along the first axis (T, ..., 4), none of opposite sign to the one before."""
    turns = np.where((quaternions[1:] * quaternions[:-1]).sum(-1, keepdims=True) < 0, -1.0, 1.0)
    signs = np.concatenate((np.ones_like(quaternions[:1, ..., :1]), np.cumprod(turns, axis=0)))
    return quaternions * signs
