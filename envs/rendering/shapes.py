"""Meshes of shapes that MuJoCo has no primitive for, made for the eye."""

import itertools
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

Bounds = tuple[float, float]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Shape:
    """Triangles, anticlockwise from outside; without faces, the convex hull of the vertices.

    vertices: (V, 3) [m]
    faces: (F, 3) indices of vertices
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64] | None = None

    def add_to(self, spec: mujoco.MjSpec, name: str) -> None:
        """Make it a mesh of `spec`."""
        spec.add_mesh(
            name=name,
            uservert=self.vertices.ravel().tolist(),
            userface=None if self.faces is None else self.faces.ravel().tolist(),
            inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL,
        )


def bevelled_box(lower: Vector, upper: Vector, bevel: float) -> Shape:
    """A box between two corners, its edges cut off by `bevel` [m]."""
    low, high = np.array(lower), np.array(upper)
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    vertices = []
    for axis in range(3):
        inset = np.full(3, bevel)
        inset[axis] = 0.0
        vertices.append(np.where(corners, high - inset, low + inset))
    return Shape(np.concatenate(vertices))


def bored_block(x: Bounds, z: Bounds, center: Bounds, radius: float, y: Bounds, sides: int = 48) -> Shape:
    """A block between bounds in x, y and z with a round hole along y, open below; all in metres."""
    corners = np.array([(cx, cz) for cx in x for cz in z]) - center
    uniform = np.arange(sides) * 2 * np.pi / sides
    angles = np.unique(np.concatenate((uniform, np.arctan2(corners[:, 1], corners[:, 0]) % (2 * np.pi))))
    direction = np.stack((np.cos(angles), np.sin(angles)), -1)
    limits = np.where(
        direction > 0, (x[1] - center[0], z[1] - center[1]), (x[0] - center[0], z[0] - center[1])
    )
    with np.errstate(divide="ignore"):
        reach = np.min(np.where(np.abs(direction) > 1e-9, limits / direction, np.inf), -1, keepdims=True)
    rings = [
        np.insert(ring + center, 1, height, axis=1)
        for ring, height in (
            (radius * direction, y[0]),
            (radius * direction, y[1]),
            (reach * direction, y[1]),
            (reach * direction, y[0]),
        )
    ]
    return Shape(np.concatenate(rings), _lofted(len(rings), len(angles)))


def rope_thread(radius: float, thickness: float, pitch: float, y: Bounds, start: float = 0.0) -> Shape:
    """A right-handed helix about y with a round profile of radius `thickness`, tapered at both ends.

    radius: of its centreline [m]; y: where that begins and ends [m]; start: angle at its beginning [rad]
    """
    turns = (y[1] - y[0]) / pitch
    steps = round(48 * turns)
    along = np.linspace(0.0, 1.0, steps + 1)
    angle = start + 2 * np.pi * turns * along
    taper = thickness * np.clip(np.minimum(along, 1 - along) * turns * 6, 0.02, 1.0) ** 0.5
    profile = -np.arange(12) * 2 * np.pi / 12
    out = radius + taper[:, None] * np.cos(profile)
    height = (y[0] + (y[1] - y[0]) * along)[:, None] + taper[:, None] * np.sin(profile)
    vertices = np.stack((out * np.sin(angle)[:, None], height, out * np.cos(angle)[:, None]), -1)
    return Shape(vertices.reshape(-1, 3), _lofted(steps + 1, 12))


def _lofted(rings: int, size: int) -> NDArray[np.int64]:
    """Faces between neighbouring rings of `size` vertices each."""
    index, following = np.arange(size), (np.arange(size) + 1) % size
    faces = []
    for here, there in itertools.pairwise(range(0, rings * size, size)):
        faces.append(np.stack((here + index, here + following, there + following), -1))
        faces.append(np.stack((here + index, there + following, there + index), -1))
    return np.concatenate(faces)
