"""MuJoCo bodies of the square table's parts: boxes, and rings of primitives around the holes."""

import math

import mujoco
import numpy as np

from envs.assembly.furniture import square_table
from envs.assembly.furniture.part import Box, Inertia
from envs.assembly.thread_geometry import ThreadGeometry
from envs.assembly.thread_model import COLLAR_SUFFIX, CORE_SUFFIX, SHANK_SUFFIX
from envs.assembly.workspace import CONTACT_SOLIMP, CONTACT_SOLREF, PART_FRICTION

THREAD_COLLISION_BIT = 2
"""Contact type of the female threads, which only a male thread's collar meets."""

BOSS_COLLISION_BIT = 4
"""Contact type of the bosses, which fingers and legs meet. Table and obstacle meet the plate alone: bosses
stand flush on it, and their many boxes would only repeat its contacts."""

_COLLAR_SIDES = 24
_COLLAR_CHAMFER = 1.2e-3
"""Lead-in of the rope profile's rounded first turn [m]: from the female crest to the male crest."""


def add_table_top(spec: mujoco.MjSpec, name: str, thread: ThreadGeometry) -> mujoco.MjsBody:
    """The top: a plate with four bosses, each with a blind square bore and a female thread.

    A square bore as wide as the round one leaves a round thread the same play along each axis.
    """
    body = _add_part(spec, name, square_table.TOP_INERTIA)
    half = square_table.TOP_HALF_WIDTH
    plate = Box((-half, square_table.TOP_UNDERSIDE_Y, -half), (half, square_table.HOLE_FLOOR_Y, half))
    _add_box(body, f"{name}_plate", plate)
    mouth = square_table.TOP_MOUTH_Y
    crest_y = square_table.ASSEMBLED_LEG_Y + thread.start_height + _thread_start_y()
    for index, (x, z) in enumerate(square_table.HOLES):
        outer = outer_bounds(x), outer_bounds(z)
        bore = _around(x, thread.bore_radius), _around(z, thread.bore_radius)
        for side, box in enumerate(_ring(outer, bore, square_table.HOLE_FLOOR_Y, mouth)):
            geom = _add_box(body, f"{name}_boss{index}_{side}", box)
            geom.contype = geom.conaffinity = BOSS_COLLISION_BIT
        female = _around(x, thread.female_crest_radius), _around(z, thread.female_crest_radius)
        for side, box in enumerate(_ring(bore, female, square_table.HOLE_FLOOR_Y, crest_y)):
            geom = _add_box(body, f"{name}_thread{index}_{side}", box)
            geom.contype, geom.conaffinity = 0, THREAD_COLLISION_BIT
    return body


def add_leg(spec: mujoco.MjSpec, name: str, thread: ThreadGeometry) -> mujoco.MjsBody:
    """A leg: a square shank, the collar of its thread, and the plain core that leads the collar."""
    body = _add_part(spec, name, square_table.LEG_INERTIA)
    meet_bosses(_add_box(body, name + SHANK_SUFFIX, square_table.LEG_BODY))
    _add_collar(spec, body, name, thread)
    tip_y = square_table.ASSEMBLED_LEG_Y - square_table.TOP_MOUTH_Y + thread.mouth_height
    length = tip_y + _thread_start_y()
    core = body.add_geom(
        name=name + CORE_SUFFIX,
        type=mujoco.mjtGeom.mjGEOM_CYLINDER,
        pos=(0.0, _thread_start_y() - length / 2, 0.0),
        quat=(math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0),
        size=(thread.core_radius, length / 2, 0.0),
    )
    set_surface(core, PART_FRICTION)
    meet_bosses(core)
    return body


def meet_bosses(geom: mujoco.MjsGeom) -> None:
    """Let a geom collide with the bosses, too."""
    geom.conaffinity |= BOSS_COLLISION_BIT


def set_surface(geom: mujoco.MjsGeom, friction: float) -> None:
    """Give a geom the scene's contact stiffness and a sliding friction."""
    geom.friction[0] = friction
    geom.solref[:] = CONTACT_SOLREF
    geom.solimp[:] = CONTACT_SOLIMP


def _thread_start_y() -> float:
    return -0.0500


def _add_part(spec: mujoco.MjSpec, name: str, inertia: Inertia) -> mujoco.MjsBody:
    body = spec.worldbody.add_body(
        name=name,
        mass=inertia.mass,
        ipos=inertia.center_of_mass,
        inertia=inertia.moments,
        explicitinertial=True,
    )
    body.add_freejoint(name=name)
    return body


def _add_box(body: mujoco.MjsBody, name: str, box: Box) -> mujoco.MjsGeom:
    geom = body.add_geom(name=name, type=mujoco.mjtGeom.mjGEOM_BOX, pos=box.center, size=box.half_size)
    set_surface(geom, PART_FRICTION)
    return geom


def _add_collar(spec: mujoco.MjSpec, body: mujoco.MjsBody, name: str, thread: ThreadGeometry) -> None:
    mesh_name = "thread_collar"
    if not any(mesh.name == mesh_name for mesh in spec.meshes):
        angles = np.arange(_COLLAR_SIDES) * 2 * math.pi / _COLLAR_SIDES
        rings = (
            (_thread_start_y(), thread.crest_radius - _COLLAR_CHAMFER),
            (_thread_start_y() + _COLLAR_CHAMFER, thread.crest_radius),
            (square_table.LEG_BODY.lower[1], thread.crest_radius),
        )
        points = [
            np.stack((r * np.cos(angles), np.full_like(angles, y), r * np.sin(angles)), 1) for y, r in rings
        ]
        spec.add_mesh(name=mesh_name, uservert=np.concatenate(points).ravel().tolist())
    geom = body.add_geom(name=name + COLLAR_SUFFIX, type=mujoco.mjtGeom.mjGEOM_MESH, meshname=mesh_name)
    set_surface(geom, PART_FRICTION)
    geom.contype |= THREAD_COLLISION_BIT
    meet_bosses(geom)


def _around(center: float, radius: float) -> tuple[float, float]:
    return center - radius, center + radius


def outer_bounds(center: float) -> tuple[float, float]:
    """Where a boss begins and ends along an axis on which its hole is at `center` [m]."""
    inner, rim = square_table.BOSS_INNER, square_table.TOP_HALF_WIDTH
    return (inner, rim) if center > 0 else (-rim, -inner)


def _ring(
    outer: tuple[tuple[float, float], tuple[float, float]],
    inner: tuple[tuple[float, float], tuple[float, float]],
    bottom: float,
    top: float,
) -> list[Box]:
    """Four boxes between an outer and an inner rectangle, given as their bounds in x and z."""
    (outer_x, outer_z), (inner_x, inner_z) = outer, inner
    spans = (
        ((outer_x[0], inner_x[0]), outer_z),
        ((inner_x[1], outer_x[1]), outer_z),
        (inner_x, (outer_z[0], inner_z[0])),
        (inner_x, (inner_z[1], outer_z[1])),
    )
    return [Box((x[0], bottom, z[0]), (x[1], top, z[1])) for x, z in spans]
