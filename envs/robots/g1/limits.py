"""What the G1's motors may be told, for the safety layer of `robolearn.bridge`."""

import xml.etree.ElementTree as ElementTree
from typing import Final

import numpy as np

from envs.robots.g1 import constants
from envs.robots.g1.model import g1_description
from robolearn.bridge.safety.limits import JointLimits

HEADROOM: Final = 2.0
"""Greatest gains over the servos' own; chosen: tuning stays possible, a slipped decimal point does not."""

LEG_BRAKING: Final = 8.0
ARM_BRAKING: Final = 3.0
"""Damping that alone brakes a joint [N m s/rad]: for what carries the robot that of Unitree's deployment in
Python, for the arms that of the one in C++."""


def g1_limits(period: float) -> JointLimits:
    """Of the 29 joints, in the order of `constants.JOINTS`.

    Angles: URDF. Speeds and torques: the motors'. A target may move as fast as the motor can follow.

    period: between two commands [s]
    """
    kinds = [constants.kind_of(joint) for joint in constants.JOINTS]
    lower, upper = _ranges()
    velocity = np.array([kind.motor.velocity for kind in kinds])
    braking = np.array(
        [ARM_BRAKING if joint in constants.ARM_JOINTS else LEG_BRAKING for joint in constants.JOINTS]
    )
    return JointLimits(
        names=constants.JOINTS,
        lower=lower,
        upper=upper,
        velocity=velocity,
        torque=np.array([kind.motor.effort for kind in kinds]),
        kp=HEADROOM * np.array([kind.gains.stiffness for kind in kinds]),
        kd=np.maximum(HEADROOM * np.array([kind.gains.damping for kind in kinds]), braking),
        step=velocity * period,
        damping=braking,
    )


def _ranges() -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper angles [rad], (29,) each."""
    description, urdf = g1_description()
    joints = ElementTree.parse(description / urdf).getroot().iter("joint")
    found = {joint.get("name"): limit.attrib for joint in joints for limit in joint.iter("limit")}
    pairs = [[float(found[name][side]) for side in ("lower", "upper")] for name in constants.JOINTS]
    lower, upper = np.array(pairs).T
    return lower, upper
