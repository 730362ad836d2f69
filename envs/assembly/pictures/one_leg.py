"""The scene of one_leg as it is drawn: the simulated bodies, dressed."""

import itertools

import mujoco

from envs.assembly import workspace
from envs.assembly.nominal_start import place
from envs.assembly.pictures.cameras import add_cameras
from envs.assembly.pictures.part_looks import add_leg_looks, add_top_looks
from envs.assembly.scene import LEGS, OBSTACLE, THREADED_LEG, TOP, build_one_leg
from envs.assembly.thread_geometry import SHARED_THREAD
from envs.rendering.shapes import bevelled_box
from envs.rendering.studio import HIDDEN_GROUP, furnish, hide
from envs.robots.appearance import dress
from envs.robots.description import description_directory

FLOOR_HEIGHT = -0.72
TABLE_THICKNESS = 0.03
TABLE_BEVEL = 4e-3
LEG_INSET, LEG_RADIUS = 0.06, 0.02
"""Of the desk that everything stands on; only its top's height and extent are published."""

COLOURS = {
    "oak": (0.76, 0.55, 0.34, 1.0),
    "walnut": (0.50, 0.33, 0.22, 1.0),
    "accent": (0.93, 0.45, 0.20, 1.0),
    "desk": (0.86, 0.84, 0.80, 1.0),
    "steel": (0.60, 0.63, 0.66, 1.0),
    "teal": (0.13, 0.39, 0.47, 1.0),
}


def picture_one_leg() -> mujoco.MjSpec:
    """The simulated scene with visual meshes, lights and the cameras front, wrist and overview."""
    spec = build_one_leg()
    hide(spec)
    for name, rgba in COLOURS.items():
        spec.add_material(name=name, rgba=rgba, specular=0.25, shininess=0.4)
    dress(spec, description_directory("panda_description"), "urdf/panda.urdf")
    add_top_looks(spec, TOP, "oak", SHARED_THREAD)
    for leg in LEGS:
        add_leg_looks(spec, leg, "accent" if leg == THREADED_LEG else "walnut", SHARED_THREAD)
    _add_table(spec)
    _add_obstacle(spec)
    furnish(spec, FLOOR_HEIGHT)
    add_cameras(spec)
    for geom in spec.geoms:
        if geom.group != HIDDEN_GROUP:
            geom.contype = geom.conaffinity = 0
    place(spec)
    return spec


def _add_table(spec: mujoco.MjSpec) -> None:
    (half_x, half_y), (x, y) = workspace.TABLE_HALF_SIZE, workspace.TABLE_CENTER
    slab = bevelled_box((-half_x, -half_y, -TABLE_THICKNESS), (half_x, half_y, 0.0), TABLE_BEVEL)
    slab.add_to(spec, "table_looks")
    spec.worldbody.add_geom(
        type=mujoco.mjtGeom.mjGEOM_MESH, meshname="table_looks", pos=(x, y, 0.0), material="desk"
    )
    for side_x, side_y in itertools.product((-1, 1), repeat=2):
        leg_x, leg_y = x + side_x * (half_x - LEG_INSET), y + side_y * (half_y - LEG_INSET)
        spec.worldbody.add_geom(
            type=mujoco.mjtGeom.mjGEOM_CYLINDER,
            fromto=(leg_x, leg_y, -TABLE_THICKNESS, leg_x, leg_y, FLOOR_HEIGHT),
            size=(LEG_RADIUS, 0.0, 0.0),
            material="steel",
        )


def _add_obstacle(spec: mujoco.MjSpec) -> None:
    """The front wall is drawn between the side walls: faces that coincide would be lit twice."""
    (_, side_y, _), (_, side_half_y, _) = workspace.OBSTACLE_WALLS["obstacle_left"]
    for center, (half_x, half_y, half_z) in workspace.OBSTACLE_WALLS.values():
        spec.body(OBSTACLE).add_geom(
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=center,
            size=(half_x, min(half_y, side_y - side_half_y), half_z),
            material="teal",
        )
