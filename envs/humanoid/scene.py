"""The G1 on a floor."""

from typing import Final

import mujoco

from envs.robots.g1.model import build_g1

TIMESTEP: Final = 0.005
"""Physics step [s]. TrajBooster and HOMIE."""

SUBSTEPS: Final = 4
"""Physics steps a control step."""

CONTROL_RATE: Final = 1.0 / (TIMESTEP * SUBSTEPS)
"""Of the worker [Hz]: 50, as everybody's."""

ITERATIONS: Final = (10, 20)
"""Of the contact solver and of its line search, at most; mjlab's for the G1."""

GREATEST_DELAY: Final = 3
"""Physics steps that an action may be late (TrajBooster, B.7)."""

FLOOR: Final = "floor"


def g1_scene() -> mujoco.MjSpec:
    """The robot over the plane z = 0, its actions delayable by up to `GREATEST_DELAY` steps."""
    spec = build_g1()
    spec.option.timestep = TIMESTEP
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.jacobian = mujoco.mjtJacobian.mjJAC_DENSE
    spec.option.iterations, spec.option.ls_iterations = ITERATIONS
    # So few geoms are tested faster one by one than through a tree, and one robot is one island.
    spec.option.disableflags |= mujoco.mjtDisableBit.mjDSBL_MIDPHASE
    spec.option.disableflags |= mujoco.mjtDisableBit.mjDSBL_ISLAND
    spec.worldbody.add_geom(
        name=FLOOR, type=mujoco.mjtGeom.mjGEOM_PLANE, size=(0.0, 0.0, 0.05), contype=1, conaffinity=0
    )
    for actuator in spec.actuators:
        actuator.nsample = GREATEST_DELAY + 1
    return spec
