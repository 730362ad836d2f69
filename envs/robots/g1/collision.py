"""Light collision geometry of the G1: a few capsules and spheres, and who may touch whom."""

from dataclasses import dataclass
from enum import IntFlag
from typing import Final

import mujoco

from envs.robots.g1.constants import SIDES

Point = tuple[float, float, float]


class Bit(IntFlag):
    """Collision bits: a geom meets another when a `contype` bit of one is in the other's `conaffinity`."""

    FLOOR = 1
    LEFT_LEG = 2
    ARM = 4
    LEFT_ARM = 8


@dataclass(frozen=True)
class Capsule:
    """From `start` to `end` in the link's frame [m]; a limb's, which both sides share, at y = 0."""

    link: str
    start: Point
    end: Point
    radius: float


_LEG: Final = (
    Capsule("hip_yaw_link", (0.015, 0.0, 0.10), (-0.05, 0.0, -0.16), 0.05),
    Capsule("knee_link", (0.012, 0.0, 0.0), (0.012, 0.0, -0.27), 0.038),
)
_ARM: Final = (
    Capsule("shoulder_yaw_link", (0.0, 0.0, 0.0), (0.0, 0.0, -0.08), 0.035),
    Capsule("elbow_link", (0.0, 0.0, 0.0), (0.12, 0.0, -0.01), 0.03),
    Capsule("wrist_yaw_link", (0.0, 0.0, 0.0), (0.13, 0.0, 0.0), 0.035),
)
TRUNK: Final = (
    Capsule("pelvis", (0.0, -0.06, -0.10), (0.0, 0.06, -0.10), 0.06),
    Capsule("torso_link", (0.005, -0.035, 0.07), (0.005, 0.035, 0.07), 0.067),
    Capsule("torso_link", (0.005, -0.04, 0.20), (0.005, 0.04, 0.20), 0.075),
    Capsule("torso_link", (0.01, 0.0, 0.36), (0.01, 0.0, 0.43), 0.06),
)
"""Chosen so that parts touch where the convex hulls of the URDF's meshes do. The thigh's stands for the whole
hip; the shin's is as wide as the foot, whose spheres hardly ever meet the other foot's."""

_FOOT: Final = ((-0.05, 0.025), (-0.05, -0.025), (0.12, 0.03), (0.12, -0.03))
_FOOT_HEIGHT, _FOOT_RADIUS = -0.03, 0.005
"""The URDF's contact spheres on `ankle_roll_link` [m]."""


def add_collision(spec: mujoco.MjSpec) -> None:
    """Replace the URDF's collision geometry.

    Everything meets the floor; legs meet each other; arms meet the trunk, the legs and each other.
    """
    for geom in list(spec.geoms):
        spec.delete(geom)
    for index, capsule in enumerate(TRUNK):
        _add_capsule(spec, capsule.link, f"{capsule.link}_{index}", capsule, Bit(0), Bit.FLOOR | Bit.ARM)
    for side in SIDES:
        left = side == "left"
        leg = (Bit.LEFT_LEG, Bit.FLOOR | Bit.ARM) if left else (Bit(0), Bit.FLOOR | Bit.ARM | Bit.LEFT_LEG)
        arm = (Bit.ARM | Bit.LEFT_ARM, Bit.FLOOR) if left else (Bit.ARM, Bit.FLOOR | Bit.LEFT_ARM)
        for bits, capsules in ((leg, _LEG), (arm, _ARM)):
            for capsule in capsules:
                _add_capsule(spec, f"{side}_{capsule.link}", f"{side}_{capsule.link}", capsule, *bits)
        _add_foot(spec, side, *leg)


def foot_geoms(side: str) -> tuple[str, ...]:
    """Names of the contact spheres of one foot: back left, back right, front left, front right."""
    return tuple(f"{side}_foot_{index}" for index in range(len(_FOOT)))


def _add_capsule(
    spec: mujoco.MjSpec, body: str, name: str, capsule: Capsule, contype: Bit, conaffinity: Bit
) -> None:
    spec.body(body).add_geom(
        name=name,
        type=mujoco.mjtGeom.mjGEOM_CAPSULE,
        size=(capsule.radius, 0.0, 0.0),
        fromto=(*capsule.start, *capsule.end),
        mass=0.0,
        contype=int(contype),
        conaffinity=int(conaffinity),
    )


def _add_foot(spec: mujoco.MjSpec, side: str, contype: Bit, conaffinity: Bit) -> None:
    for name, (x, y) in zip(foot_geoms(side), _FOOT, strict=True):
        spec.body(f"{side}_ankle_roll_link").add_geom(
            name=name,
            type=mujoco.mjtGeom.mjGEOM_SPHERE,
            size=(_FOOT_RADIUS, 0.0, 0.0),
            pos=(x, y, _FOOT_HEIGHT),
            mass=0.0,
            contype=int(contype),
            conaffinity=int(conaffinity),
        )
