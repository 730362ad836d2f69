"""Builds the one_leg scene: robot, table, obstacle, parts, threads."""

import mujoco

from envs.assembly import workspace
from envs.assembly.furniture import square_table
from envs.assembly.part_models import add_leg, add_table_top, meet_bosses, set_surface
from envs.assembly.thread_geometry import SHARED_THREAD
from envs.assembly.thread_model import add_nut
from envs.robots.panda.constants import FINGER_FRICTION
from envs.robots.panda.model import build_panda

TOP = "square_table_top"
LEGS = tuple(f"square_table_leg{i}" for i in (1, 2, 3, 4))
THREADED_LEG = LEGS[3]
PARTS = (TOP, *LEGS)
OBSTACLE = "obstacle"

TIMESTEP = 0.005
"""Physics step [s]. The thread recipe was measured alike at 2 ms and 5 ms."""

SLEEP_TOLERANCE = 2e-3
"""Speed under which a resting part may fall asleep [m/s]."""


def build_one_leg() -> mujoco.MjSpec:
    """The scene at its nominal reset layout, ready to compile."""
    spec = build_panda()
    spec.modelname = "one_leg"
    for geom in spec.geoms:
        set_surface(geom, FINGER_FRICTION)
        meet_bosses(geom)
    spec.option.timestep = TIMESTEP
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_DISCRETE
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 10.0
    spec.option.jacobian = mujoco.mjtJacobian.mjJAC_DENSE
    spec.option.enableflags |= mujoco.mjtEnableBit.mjENBL_SLEEP
    spec.option.sleep_tolerance = SLEEP_TOLERANCE
    _add_table(spec)
    _add_obstacle(spec)
    add_table_top(spec, TOP, SHARED_THREAD)
    for name in LEGS:
        leg = add_leg(spec, name, SHARED_THREAD)
        if name == THREADED_LEG:
            seats = [(x, square_table.ASSEMBLED_LEG_Y, z) for x, z in square_table.HOLES]
            add_nut(spec, leg, TOP, seats, SHARED_THREAD)
    return spec


def _add_table(spec: mujoco.MjSpec) -> None:
    table = spec.worldbody.add_geom(
        name="table",
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        pos=(*workspace.TABLE_CENTER, 0.0),
        size=(*workspace.TABLE_HALF_SIZE, 0.1),
        priority=1,
    )
    set_surface(table, workspace.PART_ON_TABLE_FRICTION)


def _add_obstacle(spec: mujoco.MjSpec) -> None:
    body = spec.worldbody.add_body(name=OBSTACLE, pos=workspace.OBSTACLE_POSITION)
    for name, (center, half_size) in workspace.OBSTACLE_WALLS.items():
        wall = body.add_geom(
            name=name, type=mujoco.mjtGeom.mjGEOM_BOX, pos=center, size=half_size, priority=1
        )
        set_surface(wall, workspace.OBSTACLE_FRICTION)
