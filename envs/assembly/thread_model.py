"""The model half of a helical coupling: a "nut" on the threaded part that can be welded to a hole.

The nut is a light body on the male part with a slide and a hinge along the thread's axis. A fixed
tendon ties the two to the helix within the thread's backlash. While the parts are apart the nut
floats; on engagement one of the welds, one a hole, holds it to the other part, and from then on the
male part can only move along its thread. `thread_coupling.py` decides when.

Convention, with `height` the male part's height above its seat and `yaw` its total turn about the
hole's axis, zero at the seat: slide = -height, hinge = -yaw, so the tendon reads
pitch / (2 pi) * yaw - height, which the flanks keep within [0, backlash].
"""

from collections.abc import Sequence

import mujoco

from envs.assembly.furniture.part import Vector
from envs.assembly.thread_geometry import ThreadGeometry

NUT = "nut"
SLIDE = "nut_slide"
HINGE = "nut_hinge"
COLLAR_SUFFIX = "_collar"
CORE_SUFFIX = "_core"
SHANK_SUFFIX = "_shank"

NUT_MASS = 2e-3
SLIDE_ARMATURE = 0.5
SLIDE_DAMPING = 5.0
HINGE_ARMATURE = 2e-5
HINGE_DAMPING = 1e-4
"""Constants that held up in a measured sweep of this coupling (kg, N s/m, kg m^2, N m s/rad). The slide's
armature is seen through the helix, so its square lead makes it harmless."""

SELF_LOCKING_FRICTION = 5e-3
"""Friction of the thread [N m]. A table top of 0.15 kg hanging on a lead of 1.5 mm/rad turns the thread
with 2.2e-3 N m; plastic on plastic (0.15) at a radius of 11 mm locks it, as published parts do."""

_STIFF_CONTACT = (0.01, 1.0)
_LOCKED_IMPEDANCE = (0.9999, 0.9999, 0.0005, 0.5, 2.0)
"""Of the friction: MuJoCo's creeps under load, slower the stiffer it is."""
_STIFF_IMPEDANCE = (0.99, 0.999, 0.0005, 0.5, 2.0)


def weld_name(hole: int) -> str:
    """Name of the weld that holds the nut in hole number `hole`."""
    return f"thread_in_hole{hole}"


def add_nut(
    spec: mujoco.MjSpec,
    male: mujoco.MjsBody,
    female_name: str,
    seats: Sequence[Vector],
    thread: ThreadGeometry,
) -> None:
    """Add the nut to the `male` body, and one inactive weld a seat to the body `female_name`.

    seats: the male body's assembled positions in the female body's frame [m], unrotated; the thread's
        axis is the y axis of both
    """
    nut = male.add_body(
        name=NUT, mass=NUT_MASS, inertia=(1e-7, 1e-7, 1e-7), explicitinertial=True, gravcomp=1.0
    )
    slide = nut.add_joint(
        name=SLIDE,
        type=mujoco.mjtJoint.mjJNT_SLIDE,
        axis=(0.0, 1.0, 0.0),
        range=(-1.0, 0.0),
        limited=True,
        armature=SLIDE_ARMATURE,
        solref_limit=_STIFF_CONTACT,
        solimp_limit=_STIFF_IMPEDANCE,
    )
    slide.damping[0] = SLIDE_DAMPING
    hinge = nut.add_joint(
        name=HINGE,
        type=mujoco.mjtJoint.mjJNT_HINGE,
        axis=(0.0, 1.0, 0.0),
        limited=False,
        armature=HINGE_ARMATURE,
        frictionloss=SELF_LOCKING_FRICTION,
        solref_friction=_STIFF_CONTACT,
        solimp_friction=_LOCKED_IMPEDANCE,
    )
    hinge.damping[0] = HINGE_DAMPING
    _add_helix(spec, thread)
    for hole, seat in enumerate(seats):
        _add_weld(spec, hole, female_name, seat)


def _add_helix(spec: mujoco.MjSpec, thread: ThreadGeometry) -> None:
    tendon = spec.add_tendon(
        name="helix",
        limited=True,
        range=(0.0, thread.backlash),
        solref_limit=_STIFF_CONTACT,
        solimp_limit=_STIFF_IMPEDANCE,
    )
    tendon.wrap_joint(SLIDE, 1.0)
    tendon.wrap_joint(HINGE, -thread.advance_per_radian)


def _add_weld(spec: mujoco.MjSpec, hole: int, female_name: str, seat: Vector) -> None:
    anchor_in_nut = (0.0, 0.0, 0.0)
    identity = (1.0, 0.0, 0.0, 0.0)
    torque_scale = 1.0
    weld = spec.add_equality(
        name=weld_name(hole),
        type=mujoco.mjtEq.mjEQ_WELD,
        objtype=mujoco.mjtObj.mjOBJ_BODY,
        name1=female_name,
        name2=NUT,
        active=False,
        solref=_STIFF_CONTACT,
        solimp=_STIFF_IMPEDANCE,
    )
    weld.data[:11] = (*anchor_in_nut, *seat, *identity, torque_scale)
