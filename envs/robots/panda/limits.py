"""What the Panda may be told, each number with its source."""

from typing import Final

import numpy as np

from envs.robots.differential_ik import MAX_POSITION_STEP, MAX_ROTATION_STEP
from envs.robots.panda.constants import MAX_OPENING
from envs.robots.panda.kinematics import PandaKinematics
from robolearn.bridge.arm.limits import ArmLimits

LOWEST: Final = (0.25, -0.35, 0.0)
HIGHEST: Final = (0.75, 0.35, 0.50)
"""Corners of the box for the fingertips, in the base's frame [m]; chosen: where one_leg's parts lie
(`envs.assembly.randomisation`), from the table's top up to half a metre. Shipped policies were trained with
targets from 0.35 to 0.70, -0.12 to 0.25 and 0.01 to 0.22 (normalisation of their checkpoints)."""

JOINT_STEP: Final = 1.0
"""Furthest joint target from where the joint is [rad]; chosen: twice what one_leg's expert asks for."""

SLACK: Final = 2.0
"""How many of these steps a simulated robot lets pass before it refuses; chosen: the arm moves on while a
command is under way."""


def panda_limits(kinematics: PandaKinematics, slack: float = 1.0) -> ArmLimits:
    """For targets of one control period.

    Beyond the longest step [m], [rad] one_leg's own controller does not look, so that shortening a target so
    far does not change what it does. slack: multiplies the steps
    """
    return ArmLimits(
        lowest=np.array(LOWEST),
        highest=np.array(HIGHEST),
        step=slack * MAX_POSITION_STEP,
        turn=slack * MAX_ROTATION_STEP,
        lower=kinematics.lower,
        upper=kinematics.upper,
        joint_step=slack * JOINT_STEP,
        opening=MAX_OPENING,
    )
