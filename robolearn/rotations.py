"""Batched rotations. Quaternions are (..., 4), w first, as in MuJoCo; matrices are (..., 3, 3).

Everything is element-wise over the batch, so that a world's numbers do not depend on its neighbours.
"""

import torch
from torch import Tensor


def matrix_from_quaternion(quaternion: Tensor) -> Tensor:
    """Rotation matrices of unit quaternions (..., 4)."""
    w, x, y, z = quaternion.unbind(-1)
    rows = (
        1 - 2 * (y * y + z * z),
        2 * (x * y - w * z),
        2 * (x * z + w * y),
        2 * (x * y + w * z),
        1 - 2 * (x * x + z * z),
        2 * (y * z - w * x),
        2 * (x * z - w * y),
        2 * (y * z + w * x),
        1 - 2 * (x * x + y * y),
    )
    return torch.stack(rows, -1).unflatten(-1, (3, 3))


def quaternion_from_matrix(matrix: Tensor) -> Tensor:
    """Unit quaternions of rotation matrices, with their largest component positive.

    Shepperd's method: of the four candidates, the best conditioned (largest) one is used.
    """
    m = matrix.flatten(-2)
    trace = m[..., 0] + m[..., 4] + m[..., 8]
    squares = torch.stack(
        (
            1 + trace,
            1 + 2 * m[..., 0] - trace,
            1 + 2 * m[..., 4] - trace,
            1 + 2 * m[..., 8] - trace,
        ),
        -1,
    )
    wx, wy, wz = m[..., 7] - m[..., 5], m[..., 2] - m[..., 6], m[..., 3] - m[..., 1]
    xy, xz, yz = m[..., 1] + m[..., 3], m[..., 2] + m[..., 6], m[..., 5] + m[..., 7]
    candidates = torch.stack(
        (
            torch.stack((squares[..., 0], wx, wy, wz), -1),
            torch.stack((wx, squares[..., 1], xy, xz), -1),
            torch.stack((wy, xy, squares[..., 2], yz), -1),
            torch.stack((wz, xz, yz, squares[..., 3]), -1),
        ),
        -2,
    )
    best = squares.argmax(-1, keepdim=True)[..., None].expand(*squares.shape[:-1], 1, 4)
    quaternion = candidates.gather(-2, best).squeeze(-2)
    return quaternion / quaternion.norm(dim=-1, keepdim=True)


def product(left: Tensor, right: Tensor) -> Tensor:
    """Matrix products (..., 3, 3), summed in a fixed order."""
    columns, rows = left.unbind(-1), right.unbind(-2)
    terms = [column[..., :, None] * row[..., None, :] for column, row in zip(columns, rows, strict=True)]
    return terms[0] + terms[1] + terms[2]


def turned(matrix: Tensor, vector: Tensor) -> Tensor:
    """Vectors (..., 3) turned by rotation matrices (..., 3, 3), summed in a fixed order."""
    x, y, z = (
        column * part[..., None] for column, part in zip(matrix.unbind(-1), vector.unbind(-1), strict=True)
    )
    return x + y + z


def multiply(left: Tensor, right: Tensor) -> Tensor:
    """Hamilton product of quaternions: the rotation `right`, then `left`."""
    lw, lx, ly, lz = left.unbind(-1)
    rw, rx, ry, rz = right.unbind(-1)
    return torch.stack(
        (
            lw * rw - lx * rx - ly * ry - lz * rz,
            lw * rx + lx * rw + ly * rz - lz * ry,
            lw * ry - lx * rz + ly * rw + lz * rx,
            lw * rz + lx * ry - ly * rx + lz * rw,
        ),
        -1,
    )


def conjugate(quaternion: Tensor) -> Tensor:
    """Inverse of a unit quaternion."""
    return quaternion * quaternion.new_tensor((1.0, -1.0, -1.0, -1.0))


def rotate(quaternion: Tensor, vector: Tensor) -> Tensor:
    """Vectors (..., 3) rotated by unit quaternions (..., 4)."""
    w, u = quaternion[..., :1], quaternion[..., 1:]
    twice_cross = 2 * torch.cross(u, vector, dim=-1)
    return vector + w * twice_cross + torch.cross(u, twice_cross, dim=-1)


def quaternion_from_axis_angle(axis_angle: Tensor) -> Tensor:
    """Unit quaternions of rotation vectors (..., 3) [rad]."""
    angle = axis_angle.norm(dim=-1, keepdim=True)
    scale = torch.sinc(angle / (2 * torch.pi)) / 2
    return torch.cat((torch.cos(angle / 2), scale * axis_angle), -1)


def axis_angle_from_quaternion(quaternion: Tensor) -> Tensor:
    """Rotation vectors (..., 3) [rad] of unit quaternions, the shorter way round."""
    shorter = torch.where(quaternion[..., :1] < 0, -quaternion, quaternion)
    sine = shorter[..., 1:].norm(dim=-1, keepdim=True)
    angle = 2 * torch.atan2(sine, shorter[..., :1])
    scale = torch.where(sine > 1e-9, angle / sine.clamp(min=1e-9), torch.full_like(sine, 2.0))
    return scale * shorter[..., 1:]


def sixd_from_matrix(matrix: Tensor) -> Tensor:
    """The 6-D representation (..., 6): the matrix's first two rows (Zhou et al., CVPR 2019)."""
    return matrix[..., :2, :].flatten(-2)


def matrix_from_sixd(sixd: Tensor) -> Tensor:
    """Rotation matrices of any 6-D vectors (..., 6), by Gram-Schmidt on the two rows.

    Vectors that span no plane give the nearest well-defined frame instead of NaN.
    """
    first, second = sixd[..., :3], sixd[..., 3:]
    row_x = _unit(first, sixd.new_tensor((1.0, 0.0, 0.0)))
    rejected = second - (row_x * second).sum(-1, keepdim=True) * row_x
    row_y = _unit(rejected, _perpendicular(row_x))
    return torch.stack((row_x, row_y, torch.cross(row_x, row_y, dim=-1)), -2)


def _unit(vector: Tensor, fallback: Tensor) -> Tensor:
    length = vector.norm(dim=-1, keepdim=True)
    return torch.where(length > 1e-6, vector / length.clamp(min=1e-6), fallback)


def _perpendicular(unit: Tensor) -> Tensor:
    least = torch.nn.functional.one_hot(unit.abs().argmin(-1), 3).to(unit)
    rejected = least - (unit * least).sum(-1, keepdim=True) * unit
    return rejected / rejected.norm(dim=-1, keepdim=True)
