"""Reads the shape in a binary STL file."""

import numpy as np
from numpy.typing import NDArray

from envs.rendering.shapes import Shape

_HEADER = 80
_TRIANGLE = np.dtype([("normal", "<3f4"), ("corners", "<9f4"), ("attribute", "<u2")])


def read_stl(content: bytes) -> Shape:
    """The shape in a file, its corners shared between triangles. Raises ValueError for anything else."""
    start = _HEADER + 4
    count = int.from_bytes(content[_HEADER:start], "little")
    if len(content) != start + count * _TRIANGLE.itemsize:
        raise ValueError("not a binary STL file")
    corners: NDArray[np.float32] = np.frombuffer(content, _TRIANGLE, offset=start)["corners"].reshape(-1, 3)
    vertices, faces = np.unique(corners, axis=0, return_inverse=True)
    return Shape(vertices.astype(np.float64), faces.reshape(-1, 3))
