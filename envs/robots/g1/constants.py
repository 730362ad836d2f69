"""The G1's numbers, each with its source.

"URDF" is `g1_29dof_rev_1_0.urdf` of `example-robot-data`. "Tour" is the walking benchmark of
rhoyn/teleop-walking-benchmark. "HTD" is the public contract of its decoupled_wbc controller (BSD-3).
"""

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Motor:
    """One type of actuator.

    armature: reflected rotor inertia [kg m^2]
    effort: greatest torque [N m]
    velocity: greatest speed [rad/s]
    """

    armature: float
    effort: float
    velocity: float


M7520_14: Final = Motor(armature=0.01018, effort=88.0, velocity=32.0)
M7520_22: Final = Motor(armature=0.02510, effort=139.0, velocity=20.0)
M5020: Final = Motor(armature=0.00361, effort=25.0, velocity=37.0)
M4010: Final = Motor(armature=0.00425, effort=5.0, velocity=22.0)
PAIR_5020: Final = Motor(armature=2 * 0.00361, effort=35.0, velocity=30.0)
"""Two 5020 on a parallel linkage. Armatures: tour. Effort and velocity: URDF."""


@dataclass(frozen=True)
class Gains:
    """Of a joint's position servo.

    stiffness: [N m/rad]
    damping: [N m s/rad]
    """

    stiffness: float
    damping: float


@dataclass(frozen=True)
class Joint:
    """A kind of joint, once for each side where there are two.

    motor: what drives it
    gains: of its servo
    default: its angle in the default posture [rad]
    """

    motor: Motor
    gains: Gains
    default: float = 0.0


NATURAL_FREQUENCY: Final = 2 * math.pi * 10.0
"""Of the servos that hold joints no policy owns [rad/s]. Tour."""

HOLDING_DAMPING: Final = 4.0
"""Damping of those servos over their armature [1/s]. Tour."""

ARM_GAINS: Final = Gains(80.0, 3.0)
WRIST_GAINS: Final = Gains(40.0, 1.5)
"""Shoulders and elbows, and the three of the wrist. TrajBooster's deployment."""

LEG: Final = {
    "hip_pitch": Joint(M7520_14, Gains(150.0, 3.0), -0.20),
    "hip_roll": Joint(M7520_22, Gains(150.0, 3.0)),
    "hip_yaw": Joint(M7520_14, Gains(100.0, 2.0)),
    "knee": Joint(M7520_22, Gains(150.0, 4.0), 0.42),
    "ankle_pitch": Joint(PAIR_5020, Gains(40.0, 2.0), -0.23),
    "ankle_roll": Joint(PAIR_5020, Gains(40.0, 2.0)),
}
"""Gains and defaults: HTD."""

WAIST: Final = {
    "waist_yaw": Joint(M7520_14, Gains(200.0, 4.0)),
    "waist_roll": Joint(PAIR_5020, Gains(150.0, 4.0)),
    "waist_pitch": Joint(PAIR_5020, Gains(150.0, 4.0)),
}
"""Gains and defaults: HTD."""

ARM: Final = {
    "shoulder_pitch": Joint(M5020, ARM_GAINS, 0.2),
    "shoulder_roll": Joint(M5020, ARM_GAINS, 0.2),
    "shoulder_yaw": Joint(M5020, ARM_GAINS),
    "elbow": Joint(M5020, ARM_GAINS, 0.6),
    "wrist_roll": Joint(M5020, WRIST_GAINS),
    "wrist_pitch": Joint(M4010, WRIST_GAINS),
    "wrist_yaw": Joint(M4010, WRIST_GAINS),
}
"""Defaults: the tour's fixed stance, whose shoulder roll has the other sign on the right."""

SIDES: Final = ("left", "right")

LEFT_LEG, RIGHT_LEG = (tuple(f"{side}_{name}_joint" for name in LEG) for side in SIDES)
LEFT_ARM, RIGHT_ARM = (tuple(f"{side}_{name}_joint" for name in ARM) for side in SIDES)
LEG_JOINTS: Final = LEFT_LEG + RIGHT_LEG
WAIST_JOINTS: Final = tuple(f"{name}_joint" for name in WAIST)
ARM_JOINTS: Final = LEFT_ARM + RIGHT_ARM

JOINTS: Final = LEG_JOINTS + WAIST_JOINTS + ARM_JOINTS
"""All 29, in the order of every 29-vector of this package. It is the published order of `unitree_hg` motor
slots 0 to 28 as well."""

FINGERS: Final = ("thumb_0", "thumb_1", "thumb_2", "middle_0", "middle_1", "index_0", "index_1")
"""Joints of a Dex3 hand, in the published order of its commands."""

HAND_JOINTS: Final = tuple(f"{side}_hand_{finger}_joint" for side in SIDES for finger in FINGERS)
"""All 14, left hand first."""

FINGER_GAINS: Final = Gains(1.5, 0.2)
"""Of the Dex3's servos. TrajBooster's deployment."""

FINGER_ARMATURE: Final = 1e-4
"""Reflected rotor inertia of a finger's motor [kg m^2]; chosen, nobody publishes it."""

MIRRORED_AXES: Final = ("roll", "yaw")
"""Joints whose name holds one of these turn the other way in the mirror."""

PELVIS, TORSO = "pelvis", "torso_link"
FEET: Final = tuple(f"{side}_ankle_roll_link" for side in SIDES)
WRISTS: Final = tuple(f"{side}_wrist_yaw_link" for side in SIDES)
PELVIS_IMU, TORSO_IMU = "imu_in_pelvis", "imu_in_torso"
"""Links of the URDF where the inertial units are; the model has sites of these names."""

STANDING_HEIGHT: Final = 0.793
"""Of the pelvis with straight legs, where the tour's crane holds it [m]."""

SOLE_BELOW_ANKLE: Final = 0.035
"""Sole below `ankle_roll_link`'s origin [m]: the URDF's contact spheres of 5 mm at -0.03."""

FOOT_FRONT, FOOT_BACK = 0.12, -0.05
"""Contact spheres along x of `ankle_roll_link` [m]. URDF."""


def kind_of(joint: str) -> Joint:
    """The numbers of a joint by its URDF name. Raises KeyError for another."""
    name = joint.removesuffix("_joint")
    for side in SIDES:
        name = name.removeprefix(f"{side}_")
    return (LEG | WAIST | ARM)[name]


def default_angle(joint: str) -> float:
    """Angle of a joint in the default posture [rad]."""
    angle = kind_of(joint).default
    mirrored = joint.startswith("right_") and any(axis in joint for axis in MIRRORED_AXES)
    return -angle if mirrored else angle


def holding_gains(joint: str) -> Gains:
    """Of a joint that no policy owns. Tour."""
    armature = kind_of(joint).motor.armature
    return Gains(armature * NATURAL_FREQUENCY**2, HOLDING_DAMPING * armature * NATURAL_FREQUENCY)
