"""The G1's limits are its URDF's and its motors', and its own servos are within them."""

import numpy as np
import pytest

from envs.robots.g1 import constants
from envs.robots.g1.limits import g1_limits
from robolearn.bridge.safety.filter import safe_command
from robolearn.bridge.safety.joints import JointCommand, JointMeasurement
from robolearn.bridge.safety.limits import JointLimits

LIMITS = g1_limits(period=0.002)


def limit(name: str, joint: str) -> float:
    return float(getattr(LIMITS, name)[constants.JOINTS.index(joint)])


def test_angles_are_the_urdfs_and_not_symmetric() -> None:
    assert LIMITS.names == constants.JOINTS
    assert (limit("lower", "left_knee_joint"), limit("upper", "left_knee_joint")) == (-0.087267, 2.8798)
    assert (limit("lower", "left_hip_roll_joint"), limit("upper", "left_hip_roll_joint")) == (-0.5236, 2.9671)
    assert (limit("lower", "right_hip_roll_joint"), limit("upper", "right_hip_roll_joint")) == (
        -2.9671,
        0.5236,
    )


def test_speeds_and_torques_are_the_motors() -> None:
    assert limit("torque", "right_knee_joint") == 139.0 and limit("velocity", "right_knee_joint") == 20.0
    assert limit("torque", "left_wrist_yaw_joint") == 5.0
    assert limit("step", "right_knee_joint") == pytest.approx(0.04)


@pytest.mark.parametrize("limits", [LIMITS, g1_limits(period=0.02)])
def test_the_servos_in_the_default_posture_pass_unchanged(limits: JointLimits) -> None:
    kinds = [constants.kind_of(joint) for joint in constants.JOINTS]
    posture = np.array([constants.default_angle(joint) for joint in constants.JOINTS])
    stiffness = [kind.gains.stiffness for kind in kinds]
    damping = [kind.gains.damping for kind in kinds]
    command = JointCommand.of(posture, 0.0, 0.0, stiffness, damping)
    safe, changes = safe_command(command, command, JointMeasurement(posture, np.zeros(29)), limits)
    assert not changes.any() and (safe.table == command.table).all()
