"""What others may see of the robot, in ROS 2's own messages."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from robolearn.bridge.deploy.command_loop import CommandLoop, Record, Snapshot
from robolearn.bridge.deploy.estimate import StateEstimate
from robolearn.bridge.deploy.hands import ODOMETRY
from robolearn.bridge.message import Message, encode
from robolearn.bridge.messages.builtin_interfaces import Time
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray, DiagnosticStatus, KeyValue
from robolearn.bridge.messages.geometry_msgs import Quaternion, Transform, TransformStamped, Vector3
from robolearn.bridge.messages.sensor_msgs import Imu, JointState
from robolearn.bridge.messages.std_msgs import Header
from robolearn.bridge.messages.tf2_msgs import TFMessage
from robolearn.bridge.safety.joints import Vector
from robolearn.bridge.safety.state_machine import Mode
from robolearn.bridge.topics import FRAMES, IMU, JOINT_STATES, STATUS, Topic
from robolearn.bridge.transport import Transport

PERIOD: Final = 0.02
"""Between two messages about the state [s]; chosen: what a screen can show."""

STATUS_PERIOD: Final = 0.1
"""Between two about the deployment [s]; chosen."""

BASE, INERTIAL_UNIT = "pelvis", "imu_in_pelvis"
"""Frames, links of the robot's URDF."""

_LEVELS: Final = {Mode.HOLD: DiagnosticStatus.WARN, Mode.DAMP: DiagnosticStatus.ERROR}


def stamped(nanoseconds: int, frame: str = "") -> Header:
    """A header of a moment [ns of Unix time]."""
    return Header(Time(*divmod(nanoseconds, 10**9)), frame)


def joint_states(estimate: StateEstimate, names: tuple[str, ...], stamp: int) -> JointState:
    """Of /joint_states."""
    joints = estimate.joints
    return JointState(
        stamped(stamp), list(names), joints.q.tolist(), joints.dq.tolist(), estimate.torque.tolist()
    )


def imu(estimate: StateEstimate, stamp: int) -> Imu:
    """Of /imu/data; covariances are unknown."""
    return Imu(
        header=stamped(stamp, INERTIAL_UNIT),
        orientation=_quaternion(estimate),
        angular_velocity=Vector3(*estimate.angular_velocity.tolist()),
        linear_acceleration=Vector3(*estimate.acceleration.tolist()),
    )


def frames(estimate: StateEstimate, place: Vector, stamp: int) -> TFMessage:
    """Of /tf: where the pelvis is (3,) [m], and how it is turned. Where nobody reckons it, at the origin."""
    known = place if np.isfinite(place).all() else np.zeros(3)
    pose = Transform(Vector3(*known.tolist()), _quaternion(estimate))
    return TFMessage([TransformStamped(stamped(stamp, ODOMETRY), BASE, pose)])


def status(loop: CommandLoop, snapshot: Snapshot, stamp: int, more: Mapping[str, object]) -> DiagnosticArray:
    """Of /robolearn/status. more: further figures by name."""
    situation = snapshot.situation
    figures: dict[str, object] = {
        "mode": situation.mode.value,
        "reason": situation.reason,
        "complaint": snapshot.complaint,
        "velocity_command": " ".join(f"{value:.3f}" for value in snapshot.velocity),
        "policy_age_s": f"{snapshot.policy_age:.3f}",
        "tilt_rad": f"{snapshot.estimate.tilt:.3f}",
        "temperature_c": f"{snapshot.estimate.temperature:.0f}",
        "voltage_v": f"{snapshot.estimate.voltage:.1f}",
        "damaged_states": loop.states.damaged,
        "repeated_states": loop.states.repeated,
        "filtered_commands": loop.filtered,
        **loop.periods.summary(),
        **more,
    }
    about = DiagnosticStatus(
        level=_LEVELS.get(situation.mode, DiagnosticStatus.OK),
        name="robolearn: deploy",
        message=f"{situation.mode.value}: {situation.reason}",
        values=[KeyValue(key, str(value)) for key, value in figures.items()],
    )
    return DiagnosticArray(stamped(stamp), [about])


def _quaternion(estimate: StateEstimate) -> Quaternion:
    w, x, y, z = (estimate.quaternion / np.linalg.norm(estimate.quaternion)).tolist()
    return Quaternion(x, y, z, w)


class Telemetry:
    """Publishes about a command loop.

    names: of the robot's joints
    wall: Unix time [ns]
    more: further figures for the status
    record: keeps what is published
    """

    def __init__(
        self,
        transport: Transport,
        loop: CommandLoop,
        names: tuple[str, ...],
        wall: Callable[[], int],
        more: Callable[[], Mapping[str, object]] = dict,
        record: Record = lambda topic, payload: None,
    ) -> None:
        self._loop, self._names, self._wall, self._more, self._record = loop, names, wall, more, record
        topics = (JOINT_STATES, IMU, FRAMES, STATUS)
        self._publishers = {topic: transport.publisher(topic) for topic in topics}
        self._status_at = -np.inf

    def tick(self, now: float) -> None:
        """Tell what is known at the time `now` [s]; nothing before the robot is known."""
        snapshot, stamp = self._loop.snapshot, self._wall()
        if snapshot is None:
            return
        estimate = snapshot.estimate
        self._publish(JOINT_STATES, joint_states(estimate, self._names, stamp))
        self._publish(IMU, imu(estimate, stamp))
        self._publish(FRAMES, frames(estimate, snapshot.place, stamp))
        if now - self._status_at >= STATUS_PERIOD:
            self._status_at = now
            self._publish(STATUS, status(self._loop, snapshot, stamp, self._more()))

    def _publish(self, topic: Topic, message: Message) -> None:
        payload = encode(message)
        self._publishers[topic](payload)
        self._record(topic, payload)
