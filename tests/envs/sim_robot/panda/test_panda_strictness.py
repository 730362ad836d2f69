"""Which commands the simulated Panda drops, and that it counts them."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from envs.robots.panda.constants import ARM_JOINTS, FINGER_JOINTS, RESET_JOINT_POSITIONS
from envs.robots.panda.kinematics import PandaKinematics
from envs.robots.panda.limits import panda_limits
from envs.sim_robot.panda.strictness import (
    CommandCheck,
    HandOrder,
    JointOrder,
    Order,
    PoseOrder,
    Present,
    Refusal,
)
from panda_cells import PERIOD, hand_payload, pose_payload
from robolearn.bridge.arm.limits import Vector
from robolearn.bridge.arm.pose import EndEffectorPose
from robolearn.bridge.arm.stamps import stamped
from robolearn.bridge.arm.targets import joint_message, pose_message
from robolearn.bridge.arm.topics import ARM_TARGETS, FINGER_TARGETS, POSE_TARGETS
from robolearn.bridge.message import encode
from robolearn.bridge.messages.geometry_msgs import Quaternion
from robolearn.bridge.messages.trajectory_msgs import JointTrajectory

STAMP = 5_000_000_000
KINEMATICS = PandaKinematics()
ANGLES = np.array(RESET_JOINT_POSITIONS)
HERE, _ = KINEMATICS.motion(ANGLES, np.zeros(7))
PRESENT = Present(STAMP - 10, STAMP + 10, ANGLES, HERE)


def read_pose(pose: EndEffectorPose, stamp: int = STAMP, base: str = "panda_link0") -> Order | Refusal:
    return CommandCheck(panda_limits(KINEMATICS)).read(POSE_TARGETS, pose_payload(pose, stamp, base), PRESENT)


def read_joints(angles: Vector, names: tuple[str, ...] = ARM_JOINTS) -> Order | Refusal:
    payload = encode(joint_message(names, angles.tolist(), STAMP, PERIOD))
    return CommandCheck(panda_limits(KINEMATICS)).read(ARM_TARGETS, payload, PRESENT)


def read_hand(payload: bytes) -> Order | Refusal:
    return CommandCheck(panda_limits(KINEMATICS)).read(FINGER_TARGETS, payload, PRESENT)


def turned_first(angle: float) -> Vector:
    return ANGLES + np.array([angle, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])


def moved(*shift: float) -> EndEffectorPose:
    return replace(HERE, position=HERE.position + np.array(shift))


def test_poses() -> None:
    order = read_pose(moved(0.05, 0.0, 0.02))
    assert isinstance(order, PoseOrder)
    np.testing.assert_array_equal(order.pose.position, moved(0.05, 0.0, 0.02).position)
    assert read_pose(HERE, stamp=STAMP - 11) is Refusal.STALE
    assert read_pose(HERE, stamp=STAMP + 11) is Refusal.STALE
    assert read_pose(HERE, base="world") is Refusal.FRAME
    assert read_pose(moved(math.nan, 0.0, 0.0)) is Refusal.NOT_FINITE
    assert read_pose(moved(0.0, 0.0, -HERE.position[2] - 0.01)) is Refusal.WORKSPACE
    assert read_pose(moved(0.0, 0.1201, 0.0)) is Refusal.STEP
    turned = replace(HERE, rotation=Rotation.from_rotvec([0.0, 0.0, 0.71]) * HERE.rotation)
    assert read_pose(turned) is Refusal.TURN


def test_from_outside_of_the_box_only_inwards() -> None:
    out = replace(HERE, position=np.array([0.5, 0.0, 0.6]))
    check, present = CommandCheck(panda_limits(KINEMATICS)), replace(PRESENT, pose=out)
    for height, expected in ((0.55, PoseOrder), (0.65, Refusal)):
        target = replace(out, position=np.array([0.5, 0.0, height]))
        order = check.read(POSE_TARGETS, pose_payload(target, STAMP), present)
        assert isinstance(order, expected)


def test_a_rotation_that_is_none() -> None:
    message = pose_message(HERE, STAMP, "panda_link0")
    message.pose.orientation = Quaternion(0.0, 0.0, 0.0, 0.0)
    check = CommandCheck(panda_limits(KINEMATICS))
    assert check.read(POSE_TARGETS, encode(message), PRESENT) is Refusal.ROTATION
    assert check.read(POSE_TARGETS, b"\x00\x01", PRESENT) is Refusal.DAMAGED


def test_joints() -> None:
    order = read_joints(ANGLES[::-1], ARM_JOINTS[::-1])
    assert isinstance(order, JointOrder)
    np.testing.assert_array_equal(order.angles, ANGLES)
    assert read_joints(np.full(7, 0.1)) is Refusal.POSITION
    assert read_joints(turned_first(1.1)) is Refusal.STEP
    assert read_joints(turned_first(math.inf)) is Refusal.NOT_FINITE
    assert read_joints(ANGLES[:6], ARM_JOINTS[:6]) is Refusal.JOINTS
    empty = encode(JointTrajectory(stamped(STAMP), list(ARM_JOINTS)))
    assert CommandCheck(panda_limits(KINEMATICS)).read(ARM_TARGETS, empty, PRESENT) is Refusal.JOINTS


@pytest.mark.parametrize(("finger", "closed"), [(0.0, True), (0.016, True), (0.017, False), (0.0325, False)])
def test_fingers(finger: float, closed: bool) -> None:
    assert read_hand(hand_payload(finger, STAMP)) == HandOrder(closed)


def test_fingers_that_are_none() -> None:
    assert read_hand(hand_payload(0.04, STAMP)) is Refusal.POSITION
    assert read_hand(hand_payload(math.nan, STAMP)) is Refusal.NOT_FINITE
    one = encode(joint_message(FINGER_JOINTS[:1], [0.0], STAMP, PERIOD))
    assert read_hand(one) is Refusal.JOINTS
