"""Which commands the arm obeys: those that are whole, meant for it, of now, and within what it bears."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from scipy.spatial.transform import Rotation

from envs.robots.panda.constants import ARM_JOINTS, BASE, FINGER_JOINTS
from robolearn.bridge.arm.limits import ArmLimits, Vector
from robolearn.bridge.arm.pose import EndEffectorPose, position_of, quaternion_of, turn_between
from robolearn.bridge.arm.stamps import stamp_of
from robolearn.bridge.arm.state import UNIT_TOLERANCE
from robolearn.bridge.arm.topics import ARM_TARGETS, FINGER_TARGETS, POSE_TARGETS
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.message import decode
from robolearn.bridge.messages.geometry_msgs import PoseStamped
from robolearn.bridge.messages.trajectory_msgs import JointTrajectory
from robolearn.bridge.topics import Topic

_ROUNDING: Final = 1e-6
"""That a limit may be exceeded by [m], [rad]; chosen: far below what matters, far above rounding."""


class Refusal(Enum):
    """Why a command was dropped; the first that applies."""

    DAMAGED = "damaged"
    STALE = "stale"
    FRAME = "frame"
    JOINTS = "joints"
    NOT_FINITE = "not_finite"
    ROTATION = "rotation"
    WORKSPACE = "workspace"
    STEP = "step"
    TURN = "turn"
    POSITION = "position"
    SEED = "seed"


@dataclass(frozen=True)
class PoseOrder:
    """The end effector shall go to a pose."""

    pose: EndEffectorPose


@dataclass(frozen=True)
class JointOrder:
    """The arm's joints shall go to angles (7,) [rad]."""

    angles: Vector


@dataclass(frozen=True)
class HandOrder:
    """The fingers shall close or open."""

    closed: bool


Order = PoseOrder | JointOrder | HandOrder


@dataclass(frozen=True)
class Present:
    """What a command is held against.

    earliest, latest: stamps that it may have [ns]
    angles: (7,) of the arm [rad]
    pose: of the end effector
    """

    earliest: int
    latest: int
    angles: Vector
    pose: EndEffectorPose


class CommandCheck:
    """Reads commands to one arm. limits: of which nothing may be beyond."""

    def __init__(self, limits: ArmLimits) -> None:
        self._limits = limits

    def read(self, topic: Topic, payload: bytes, present: Present) -> Order | Refusal:
        """The order that a message of one of the three topics of targets is, or why it is none."""
        try:
            message = decode(topic.kind, payload)
        except BridgeError:
            return Refusal.DAMAGED
        assert isinstance(message, PoseStamped | JointTrajectory)
        if not present.earliest <= stamp_of(message.header) <= present.latest:
            return Refusal.STALE
        if isinstance(message, PoseStamped):
            return self._pose(message, present)
        return self._arm(message, present) if topic is ARM_TARGETS else self._hand(message)

    def _pose(self, message: PoseStamped, present: Present) -> PoseOrder | Refusal:
        position = position_of(message.pose.position)
        quaternion = quaternion_of(message.pose.orientation)
        if message.header.frame_id != BASE:
            return Refusal.FRAME
        if not (np.isfinite(position).all() and np.isfinite(quaternion).all()):
            return Refusal.NOT_FINITE
        if abs(float(np.linalg.norm(quaternion)) - 1.0) > UNIT_TOLERANCE:
            return Refusal.ROTATION
        limits, pose = self._limits, EndEffectorPose(position, Rotation.from_quat(quaternion))
        # From outside of the box, what leads nearer to it is welcome.
        if limits.outside(position) > limits.outside(present.pose.position) + _ROUNDING:
            return Refusal.WORKSPACE
        if np.linalg.norm(position - present.pose.position) > limits.step + _ROUNDING:
            return Refusal.STEP
        turn = turn_between(present.pose.rotation, pose.rotation)
        return Refusal.TURN if np.linalg.norm(turn) > limits.turn + _ROUNDING else PoseOrder(pose)

    def _arm(self, message: JointTrajectory, present: Present) -> JointOrder | Refusal:
        angles = _last_point(message, ARM_JOINTS)
        if isinstance(angles, Refusal):
            return angles
        if not _within(angles, self._limits.lower, self._limits.upper):
            return Refusal.POSITION
        far = np.abs(angles - present.angles).max() > self._limits.joint_step + _ROUNDING
        return Refusal.STEP if far else JointOrder(angles)

    def _hand(self, message: JointTrajectory) -> HandOrder | Refusal:
        fingers = _last_point(message, FINGER_JOINTS)
        if isinstance(fingers, Refusal):
            return fingers
        width, widest = float(fingers.sum()), self._limits.opening
        if not _within(fingers, np.zeros(2), np.full(2, widest / 2)):
            return Refusal.POSITION
        return HandOrder(width < widest / 2)


TARGETS: Final = (FINGER_TARGETS, POSE_TARGETS, ARM_TARGETS)
"""Topics of commands, in the order in which they are looked at."""


def _last_point(message: JointTrajectory, joints: Sequence[str]) -> Vector | Refusal:
    """Positions of `joints`, (J,), in their order."""
    if sorted(message.joint_names) != sorted(joints) or not message.points:
        return Refusal.JOINTS
    positions = message.points[-1].positions
    if len(positions) != len(joints):
        return Refusal.JOINTS
    found = dict(zip(message.joint_names, positions, strict=True))
    values = np.array([found[name] for name in joints])
    return values if np.isfinite(values).all() else Refusal.NOT_FINITE


def _within(values: Vector, lower: Vector, upper: Vector) -> bool:
    return bool(((values >= lower - _ROUNDING) & (values <= upper + _ROUNDING)).all())
