import numpy as np
import pytest

from envs.rendering.stl import read_stl
from envs.robots.g1.model import g1_description

HEADER = b"solid, says many a binary file".ljust(80)
CORNERS = np.array([[[0, 0, 0], [1, 0, 0], [0, 2, 0]], [[1, 0, 0], [1, 2, 0], [0, 2, 0]]], dtype="<f4")


def binary(corners: np.ndarray) -> bytes:
    """The file of triangles (N, 3, 3)."""
    triangles = b"".join(bytes(12) + triangle.tobytes() + bytes(2) for triangle in corners)
    return HEADER + len(corners).to_bytes(4, "little") + triangles


def test_corners_in_the_same_place_are_one_vertex() -> None:
    shape = read_stl(binary(CORNERS))
    assert shape.vertices.shape == (4, 3) and shape.faces is not None
    np.testing.assert_array_equal(shape.vertices[shape.faces], CORNERS)


def test_a_robots_mesh_is_read_with_its_faces_outwards() -> None:
    content = (g1_description()[0] / "meshes/left_knee_link.STL").read_bytes()
    shape = read_stl(content)
    assert shape.faces is not None and len(shape.faces) == 17096
    first, second, third = shape.vertices[shape.faces].transpose(1, 0, 2)
    assert np.einsum("ij,ij", first, np.cross(second, third)) > 0
    np.testing.assert_allclose(shape.vertices.max(0), (0.064, 0.036, 0.040), atol=1e-3)


@pytest.mark.parametrize("content", [b"", HEADER, binary(CORNERS)[:-1], b"solid text\nendsolid text\n"])
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a binary STL file"):
        read_stl(content)
