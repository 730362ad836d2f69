"""Standing postures of the G1 from upright to near the floor: soles flat, centre of mass over the feet.

Upright down to 0.72 m; below that the trunk leans forward, so that the ankles keep 0.13 rad to their limit: a
robot that falls backwards needs them. Solved for a centre of mass 35 mm in front of the ankles, the middle of
the soles, with waist and arms in their default posture. Torques hold each posture still with half of the
weight on either foot.
"""

from typing import Final, NamedTuple

import torch
from torch import Tensor

from envs.robots.g1.constants import JOINTS, SIDES, default_angle, kind_of
from robolearn.devices import constant_on
from robolearn.interpolation import interpolate


class Crouch(NamedTuple):
    """One posture: pelvis height [m], forward lean and leg angles [rad], and torques that hold it [N m]."""

    height: float
    lean: float
    hip_pitch: float
    knee: float
    hip_pitch_torque: float
    knee_torque: float
    ankle_pitch_torque: float
    waist_pitch_torque: float


_CROUCHES: Final = (
    Crouch(0.28, 0.680, -2.473, 2.532, 13.9, -24.6, 5.6, -13.9),
    Crouch(0.32, 0.750, -2.417, 2.392, 15.0, -24.2, 5.6, -14.9),
    Crouch(0.36, 0.750, -2.297, 2.274, 15.0, -24.3, 5.6, -14.9),
    Crouch(0.40, 0.750, -2.185, 2.149, 15.0, -23.8, 5.6, -14.9),
    Crouch(0.44, 0.700, -2.027, 2.037, 14.2, -23.7, 5.6, -14.2),
    Crouch(0.48, 0.650, -1.871, 1.916, 13.4, -23.2, 5.6, -13.5),
    Crouch(0.52, 0.580, -1.695, 1.795, 12.2, -22.7, 5.6, -12.4),
    Crouch(0.56, 0.500, -1.506, 1.665, 10.7, -21.9, 5.6, -11.1),
    Crouch(0.60, 0.420, -1.314, 1.521, 9.2, -20.8, 5.6, -9.7),
    Crouch(0.64, 0.280, -1.046, 1.374, 6.4, -20.1, 5.6, -7.1),
    Crouch(0.68, 0.150, -0.777, 1.192, 3.7, -18.5, 5.6, -4.6),
    Crouch(0.72, 0.000, -0.460, 0.961, 0.5, -16.0, 5.6, -1.7),
    Crouch(0.75, 0.000, -0.339, 0.731, 0.5, -11.6, 5.6, -1.7),
    Crouch(0.77, 0.000, -0.231, 0.526, 0.5, -7.5, 5.6, -1.7),
)


def _by_joint(values: dict[str, float], joint: str) -> float | None:
    kind = joint.removesuffix("_joint")
    for side in SIDES:
        kind = kind.removeprefix(f"{side}_")
    return values.get(kind)


def _posture(crouch: Crouch) -> list[float]:
    ankle = -(crouch.lean + crouch.hip_pitch + crouch.knee)
    legs = {"hip_pitch": crouch.hip_pitch, "knee": crouch.knee, "ankle_pitch": ankle}
    found = ((_by_joint(legs, joint), joint) for joint in JOINTS)
    return [default_angle(joint) if angle is None else angle for angle, joint in found]


def _targets(crouch: Crouch) -> list[float]:
    torques = {
        "hip_pitch": crouch.hip_pitch_torque,
        "knee": crouch.knee_torque,
        "ankle_pitch": crouch.ankle_pitch_torque,
        "waist_pitch": crouch.waist_pitch_torque,
    }
    return [
        angle + (_by_joint(torques, joint) or 0.0) / kind_of(joint).gains.stiffness
        for angle, joint in zip(_posture(crouch), JOINTS, strict=True)
    ]


HEIGHTS: Final = torch.tensor([crouch.height for crouch in _CROUCHES])
"""(K,) pelvis heights above the soles [m]."""

LEANS: Final = torch.tensor([crouch.lean for crouch in _CROUCHES])
"""(K,) pitch of the pelvis [rad]."""

_LEAN_COLUMN: Final = LEANS[:, None]

POSTURES: Final = torch.tensor([_posture(crouch) for crouch in _CROUCHES])
"""(K, 29) joint angles [rad], in the order of `constants.JOINTS`."""

TARGETS: Final = torch.tensor([_targets(crouch) for crouch in _CROUCHES])
"""(K, 29) targets with which the joints' servos hold those angles against gravity [rad]."""


def crouch_posture(height: Tensor) -> Tensor:
    """Joint angles (..., 29) [rad] of the posture at pelvis heights (...) [m], within the table's range."""
    return _at(height, POSTURES)


def crouch_targets(height: Tensor) -> Tensor:
    """Servo targets (..., 29) [rad] that hold that posture."""
    return _at(height, TARGETS)


def crouch_lean(height: Tensor) -> Tensor:
    """Forward lean (...) [rad] of the pelvis at pelvis heights (...) [m]."""
    return _at(height, _LEAN_COLUMN).squeeze(-1)


def _at(height: Tensor, table: Tensor) -> Tensor:
    """Rows (..., D) of a table (K, D) at heights (...)."""
    return interpolate(constant_on(HEIGHTS, height.device), constant_on(table, height.device), height)
