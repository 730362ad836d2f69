import numpy as np
import pytest

from envs.rendering.shapes import bevelled_box, bored_block, rope_thread


def normals(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centres and normals (area-weighted) of faces, (F, 3) each."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return (a + b + c) / 3, np.cross(b - a, c - a) / 2


def test_a_bevelled_box_keeps_its_bounds_and_loses_its_edges() -> None:
    shape = bevelled_box((0.0, -1.0, 2.0), (1.0, 1.0, 5.0), 0.1)
    np.testing.assert_allclose(shape.vertices.min(0), (0, -1, 2))
    np.testing.assert_allclose(shape.vertices.max(0), (1, 1, 5))
    on_faces = np.isclose(shape.vertices, (0, -1, 2)) | np.isclose(shape.vertices, (1, 1, 5))
    np.testing.assert_array_equal(on_faces.sum(1), 1)


def test_a_bored_block_is_a_block_with_a_hole_that_faces_outwards() -> None:
    x, z, center, radius, y = (0.0, 4.0), (-2.0, 3.0), (1.5, 0.5), 1.0, (0.0, 2.0)
    shape = bored_block(x, z, center, radius, y, sides=96)
    assert shape.faces is not None
    middles, areas = normals(shape.vertices, shape.faces)
    # The open bottom lies in the plane y = 0, where the divergence theorem needs no face.
    volume = (middles * areas).sum() / 3
    assert volume == pytest.approx(2.0 * (20.0 - np.pi), rel=2e-3)
    assert areas[:, 1].sum() == pytest.approx(20.0 - np.pi, rel=2e-3)
    for corner in ((0, -2), (0, 3), (4, -2), (4, 3)):
        assert np.isclose(shape.vertices[:, (0, 2)], corner).all(1).any()


def test_a_rope_winds_right_handed_around_its_axis() -> None:
    shape = rope_thread(10.0, 2.0, 9.0, (0.0, 18.0))
    assert shape.faces is not None
    centres = shape.vertices.reshape(-1, 12, 3).mean(1)
    np.testing.assert_allclose(np.hypot(centres[:, 0], centres[:, 2]), 10.0, rtol=1e-9)
    angle = np.unwrap(np.arctan2(centres[:, 0], centres[:, 2]))
    np.testing.assert_allclose(centres[:, 1], 9.0 * angle / (2 * np.pi), atol=1e-9)
    distance = np.linalg.norm(shape.vertices.reshape(-1, 12, 3) - centres[:, None], axis=-1)
    np.testing.assert_allclose(distance[len(distance) // 2], 2.0)
    assert distance[[0, -1]].max() < 0.5
    middles, areas = normals(shape.vertices, shape.faces)
    nearest = np.linalg.norm(middles[:, None] - centres, axis=-1).argmin(1)
    assert ((middles - centres[nearest]) * areas).sum(1).min() > 0
