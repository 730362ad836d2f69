"""What a robot looks like: the visual meshes of its URDF, for models that are drawn."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from xml.etree.ElementTree import Element

import mujoco
from scipy.spatial.transform import Rotation

from envs.rendering.collada import GREY, Colour
from envs.rendering.mesh_cache import coloured_meshes
from envs.rendering.shapes import Shape
from envs.rendering.stl import read_stl


def dress(spec: mujoco.MjSpec, description: Path, urdf: str) -> None:
    """Give the bodies of `spec` the looks of the links that they are named after.

    description: folder of the robot's description
    urdf: path of the file in it
    """
    spec.compiler.discardvisual = False
    root = ElementTree.parse(description / urdf).getroot()
    colours = _material_colours(root)
    for link in root.iterfind("link"):
        for visual in link.iterfind("visual"):
            mesh, material = visual.find("geometry/mesh"), visual.find("material")
            if mesh is not None:
                source = description / mesh.attrib["filename"].partition(f"/{description.name}/")[2]
                colour = None if material is None else colours[material.attrib["name"]]
                _add_meshes(spec, link.attrib["name"], source, visual.find("origin"), colour)


def _material_colours(root: Element) -> dict[str, Colour]:
    colours = {}
    for material in root.iter("material"):
        for colour in material.iterfind("color"):
            red, green, blue, opacity = (float(value) for value in colour.attrib["rgba"].split())
            colours[material.attrib["name"]] = (red, green, blue, opacity)
    return colours


def _add_meshes(
    spec: mujoco.MjSpec, body: str, source: Path, origin: Element | None, colour: Colour | None
) -> None:
    placement = {} if origin is None else origin.attrib
    position = [float(value) for value in placement.get("xyz", "0 0 0").split()]
    angles = [float(value) for value in placement.get("rpy", "0 0 0").split()]
    rotation = Rotation.from_euler("xyz", angles).as_quat(scalar_first=True)
    for index, (shape, own_colour) in enumerate(_shapes(source)):
        name = f"{source.stem}_visual{index}"
        if spec.mesh(name) is None:
            shape.add_to(spec, name)
        spec.body(body).add_geom(
            type=mujoco.mjtGeom.mjGEOM_MESH,
            meshname=name,
            pos=position,
            quat=rotation.tolist(),
            rgba=own_colour if colour is None else colour,
            mass=0.0,
            contype=0,
            conaffinity=0,
        )


def _shapes(source: Path) -> list[tuple[Shape, Colour]]:
    """The shapes in a mesh file with their own colours."""
    if source.suffix.lower() == ".stl":
        return [(read_stl(source.read_bytes()), GREY)]
    return [(Shape(mesh.vertices, mesh.faces), mesh.colour) for mesh in coloured_meshes(source)]
