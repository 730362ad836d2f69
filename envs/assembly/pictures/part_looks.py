"""What the square table's parts look like: bevelled edges, round holes, rope threads."""

import math

import mujoco

from envs.assembly.furniture import square_table
from envs.assembly.part_models import outer_bounds
from envs.assembly.thread_geometry import ThreadGeometry
from envs.rendering.shapes import Bounds, bevelled_box, bored_block, rope_thread

_BEVEL = 1.5e-3
_ROPE_THICKNESS = 2.19e-3
_MALE_ROPE_RADIUS = 10.0e-3
_FEMALE_ROPE_RADIUS = 13.12e-3
"""The published threads: a rope of this radius, its centreline at these distances from the axis [m]."""

_MALE_ROPE_Y: Bounds = (-0.0500, -0.0312)
_FEMALE_ROPE_Y: Bounds = (-0.0094, 0.0093)
_TIP_Y = -0.05625


def add_top_looks(spec: mujoco.MjSpec, body: str, material: str, thread: ThreadGeometry) -> None:
    """Plate, four bosses with bores, and the threads in them."""
    half, floor = square_table.TOP_HALF_WIDTH, square_table.HOLE_FLOOR_Y
    plate = bevelled_box((-half, square_table.TOP_UNDERSIDE_Y, -half), (half, floor, half), _BEVEL)
    plate.add_to(spec, "plate_looks")
    _show(spec, body, "plate_looks", material)
    rope = rope_thread(_FEMALE_ROPE_RADIUS, _ROPE_THICKNESS, thread.pitch, _FEMALE_ROPE_Y)
    rope.add_to(spec, "female_rope_looks")
    for index, (x, z) in enumerate(square_table.HOLES):
        block = bored_block(
            outer_bounds(x), outer_bounds(z), (x, z), thread.bore_radius, (floor, square_table.TOP_MOUTH_Y)
        )
        block.add_to(spec, f"boss{index}_looks")
        _show(spec, body, f"boss{index}_looks", material)
        _show(spec, body, "female_rope_looks", material, position=(x, 0.0, z))


def add_leg_looks(spec: mujoco.MjSpec, body: str, material: str, thread: ThreadGeometry) -> None:
    """Shank, core and thread of a leg."""
    if spec.mesh("shank_looks") is None:
        shank = square_table.LEG_BODY
        bevelled_box(shank.lower, shank.upper, _BEVEL).add_to(spec, "shank_looks")
        rope = rope_thread(_MALE_ROPE_RADIUS, _ROPE_THICKNESS, thread.pitch, _MALE_ROPE_Y, math.pi)
        rope.add_to(spec, "male_rope_looks")
    _show(spec, body, "shank_looks", material)
    _show(spec, body, "male_rope_looks", material)
    shoulder = square_table.LEG_BODY.lower[1]
    spec.body(body).add_geom(
        type=mujoco.mjtGeom.mjGEOM_CYLINDER,
        pos=(0.0, (shoulder + _TIP_Y) / 2, 0.0),
        quat=(math.sqrt(0.5), math.sqrt(0.5), 0.0, 0.0),
        size=(thread.core_radius, (shoulder - _TIP_Y) / 2, 0.0),
        material=material,
        mass=0.0,
    )


def _show(
    spec: mujoco.MjSpec,
    body: str,
    mesh: str,
    material: str,
    position: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> None:
    spec.body(body).add_geom(
        type=mujoco.mjtGeom.mjGEOM_MESH,
        meshname=mesh,
        pos=position,
        material=material,
        mass=0.0,
    )
