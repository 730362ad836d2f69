"""Reads the shapes and colours of a COLLADA file (.dae), as the visual meshes of many robots come.

MuJoCo reads no COLLADA. This reads what such meshes consist of: triangles, placed by nodes, each with the
diffuse colour of its material. Textures and anything that moves are left out.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float, float]

GREY: Colour = (0.7, 0.7, 0.7, 1.0)


@dataclass(frozen=True)
class ColouredMesh:
    """Triangles of one colour.

    vertices: (V, 3) positions [m]
    faces: (F, 3) indices of vertices
    colour: red, green, blue, opacity, each 0 to 1
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    colour: Colour


def read_collada(content: bytes) -> list[ColouredMesh]:
    """The shapes in a file, one for each colour. Raises ValueError for anything but such a file."""
    try:
        document = _Document(ElementTree.fromstring(content))
        return _merged(list(document.meshes()))
    except (ElementTree.ParseError, KeyError) as error:
        raise ValueError(f"not a COLLADA file of triangles: {error}") from error


class _Document:
    """A parsed file; elements are found by their `id`, references by their `#id`."""

    def __init__(self, root: Element) -> None:
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        self._root = root
        self._by_id = {element.attrib["id"]: element for element in root.iter() if "id" in element.attrib}
        unit = root.find("asset/unit")
        self._metres = 1.0 if unit is None else float(unit.get("meter", 1.0))

    def meshes(self) -> Iterator[ColouredMesh]:
        """Every use of a geometry, in place."""
        for scene in self._root.iterfind("library_visual_scenes/visual_scene"):
            yield from self._in_node(scene, np.eye(4))

    def _in_node(self, node: Element, to_parent: NDArray[np.float64]) -> Iterator[ColouredMesh]:
        placed = to_parent
        for matrix in node.iterfind("matrix"):
            placed = placed @ _numbers(matrix).reshape(4, 4)
        for instance in node.iterfind("instance_geometry"):
            yield from self._geometry(instance, placed)
        for child in node.iterfind("node"):
            yield from self._in_node(child, placed)

    def _geometry(self, instance: Element, placed: NDArray[np.float64]) -> Iterator[ColouredMesh]:
        materials = {
            bound.attrib["symbol"]: bound.attrib["target"] for bound in instance.iter("instance_material")
        }
        for triangles in self._referred(instance.attrib["url"]).iterfind("mesh/triangles"):
            colour = self._colour(materials.get(triangles.get("material", "")))
            yield self._mesh(triangles, placed, colour)

    def _mesh(self, triangles: Element, placed: NDArray[np.float64], colour: Colour) -> ColouredMesh:
        inputs = {entry.attrib["semantic"]: entry.attrib for entry in triangles.iterfind("input")}
        stride = 1 + max(int(entry["offset"]) for entry in inputs.values())
        vertices = self._referred(inputs["VERTEX"]["source"])
        positions = self._referred(_child(vertices, "input[@semantic='POSITION']").attrib["source"])
        local = _numbers(_child(positions, "float_array")).reshape(-1, 3)
        corners = _numbers(_child(triangles, "p")).astype(np.int64).reshape(-1, stride)
        faces = corners[:, int(inputs["VERTEX"]["offset"])].reshape(-1, 3)
        return ColouredMesh((local @ placed[:3, :3].T + placed[:3, 3]) * self._metres, faces, colour)

    def _colour(self, material: str | None) -> Colour:
        if material is None:
            return GREY
        effect = self._referred(_child(self._referred(material), "instance_effect").attrib["url"])
        diffuse = next((entry.find("color") for entry in effect.iter("diffuse")), None)
        if diffuse is None:
            return GREY
        red, green, blue, opacity = np.round(_numbers(diffuse), 2).tolist()
        return red, green, blue, opacity

    def _referred(self, reference: str) -> Element:
        return self._by_id[reference.removeprefix("#")]


def _child(element: Element, path: str) -> Element:
    child = element.find(path)
    if child is None:
        raise KeyError(f"{element.tag} without {path}")
    return child


def _numbers(element: Element) -> NDArray[np.float64]:
    return np.array((element.text or "").split(), dtype=np.float64)


def _merged(meshes: list[ColouredMesh]) -> list[ColouredMesh]:
    """One mesh a colour, in order of appearance, without vertices that no face uses."""
    merged = []
    for colour in dict.fromkeys(mesh.colour for mesh in meshes):
        parts = [mesh for mesh in meshes if mesh.colour == colour]
        starts = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
        faces = np.concatenate([part.faces + start for part, start in zip(parts, starts, strict=True)])
        used, renumbered = np.unique(faces, return_inverse=True)
        vertices = np.concatenate([part.vertices for part in parts])[used]
        merged.append(ColouredMesh(vertices, renumbered.reshape(-1, 3), colour))
    return merged
