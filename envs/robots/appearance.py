"""What a robot looks like: the visual meshes of its URDF, for models that are drawn."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import mujoco
from scipy.spatial.transform import Rotation

from envs.rendering.mesh_cache import coloured_meshes


def dress(spec: mujoco.MjSpec, description: Path, urdf: str) -> None:
    """Give the bodies of `spec` the looks of the links that they are named after.

    description: folder of the robot's description, whose visual meshes lie in `meshes/visual`
    urdf: path of the file in it
    """
    for link in ElementTree.parse(description / urdf).getroot().iterfind("link"):
        for visual in link.iterfind("visual"):
            mesh = visual.find("geometry/mesh")
            if mesh is not None:
                source = description / "meshes/visual" / Path(mesh.attrib["filename"]).name
                _add_meshes(spec, link.attrib["name"], source, visual.find("origin"))


def _add_meshes(spec: mujoco.MjSpec, body: str, source: Path, origin: ElementTree.Element | None) -> None:
    placement = {} if origin is None else origin.attrib
    position = [float(value) for value in placement.get("xyz", "0 0 0").split()]
    angles = [float(value) for value in placement.get("rpy", "0 0 0").split()]
    rotation = Rotation.from_euler("xyz", angles).as_quat(scalar_first=True)
    for index, mesh in enumerate(coloured_meshes(source)):
        name = f"{source.stem}_visual{index}"
        if spec.mesh(name) is None:
            spec.add_mesh(
                name=name,
                uservert=mesh.vertices.ravel().tolist(),
                userface=mesh.faces.ravel().tolist(),
                inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL,
            )
        spec.body(body).add_geom(
            type=mujoco.mjtGeom.mjGEOM_MESH,
            meshname=name,
            pos=position,
            quat=rotation.tolist(),
            rgba=mesh.colour,
            mass=0.0,
        )
