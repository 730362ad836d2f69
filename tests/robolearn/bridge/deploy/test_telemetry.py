"""What others see, and what is recorded."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rosbags.rosbag2 import Reader

from deployed_robot import DeployedRobot
from robolearn.bridge.deploy.recording import Recorder, type_store
from robolearn.bridge.deploy.telemetry import Telemetry
from robolearn.bridge.images import LOW_COMMAND, LOW_STATE, from_wire
from robolearn.bridge.message import decode
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray, DiagnosticStatus
from robolearn.bridge.messages.sensor_msgs import Imu, JointState
from robolearn.bridge.messages.tf2_msgs import TFMessage
from robolearn.bridge.topics import FRAMES, IMU, JOINT_STATES, LOW_COMMANDS, LOW_STATES, STATUS, Topic
from robolearn.errors import UserError

STAMP = 1_700_000_000_123_456_789


def figures(array: DiagnosticArray) -> dict[str, str]:
    return {value.key: value.value for value in array.status[0].values}


def test_the_robot_as_ros_sees_it() -> None:
    deployed = DeployedRobot(crane_seconds=60.0)
    boxes = {topic: deployed.operator.mailbox(topic) for topic in (JOINT_STATES, IMU, FRAMES, STATUS)}
    telemetry = Telemetry(
        deployed.network.join(),
        deployed.loop,
        deployed.profile.joints,
        lambda: STAMP,
        lambda: {"policy_alive": "true"},
    )
    telemetry.tick(deployed.now)
    assert all(box.last is None for box in boxes.values())
    deployed.stand(0.2)
    telemetry.tick(deployed.now)

    def said(topic: Topic) -> bytes:
        arrival = boxes[topic].last
        assert arrival is not None
        return arrival.payload

    joints = decode(JointState, said(JOINT_STATES))
    assert tuple(joints.name) == deployed.profile.joints
    assert joints.position == pytest.approx(deployed.robot.body.angles.tolist(), abs=0.05)
    assert (joints.header.stamp.sec, joints.header.stamp.nanosec) == (1_700_000_000, 123_456_789)
    turn = decode(Imu, said(IMU)).orientation
    assert math.hypot(turn.w, turn.x, turn.y, turn.z) == pytest.approx(1.0)
    assert decode(Imu, said(IMU)).linear_acceleration.z == pytest.approx(9.81, abs=2.0)
    frame = decode(TFMessage, said(FRAMES)).transforms[0]
    assert (frame.header.frame_id, frame.child_frame_id) == ("odom", "pelvis")
    array = decode(DiagnosticArray, said(STATUS))
    assert array.status[0].level == DiagnosticStatus.OK and array.status[0].message.startswith("stand:")
    shown = figures(array)
    assert 0.0 <= float(shown["policy_age_s"]) <= 0.06
    assert shown["policy_alive"] == "true" and shown["missed"] == "0" and shown["voltage_v"] == "52.0"
    assert float(shown["period_p50_ms"]) == pytest.approx(2.0)
    deployed.press_stop()
    deployed.run(0.01)
    telemetry.tick(deployed.now)
    assert decode(DiagnosticArray, said(STATUS)).status[0].level == DiagnosticStatus.OK
    telemetry.tick(deployed.now + 0.2)
    assert decode(DiagnosticArray, said(STATUS)).status[0].level == DiagnosticStatus.ERROR


def test_a_bag_holds_every_message(tmp_path: Path) -> None:
    stamps = iter(range(STAMP, STAMP + 10**9))
    with Recorder(tmp_path / "run" / "bag") as recorder:
        deployed = DeployedRobot(
            crane_seconds=60.0, record=lambda topic, payload: recorder.keep(topic, payload, next(stamps))
        )
        deployed.stand(0.1)
        recorder.flush()
        deployed.run(0.1)
    with Reader(tmp_path / "run" / "bag") as reader:
        found = [(link.topic, link.msgtype, stamp, bytes(data)) for link, stamp, data in reader.messages()]
        store = type_store()
        for link in reader.connections:
            assert link.msgdef.data
    commands = [data for topic, _, _, data in found if topic == LOW_COMMANDS.name]
    assert commands == deployed.sent and len(commands) > 100
    states = [data for topic, _, _, data in found if topic == LOW_STATES.name]
    ticks = [int(from_wire(state, LOW_STATE)["tick"]) for state in states]
    assert ticks == sorted(set(ticks)) and len(ticks) == len(commands)
    assert [stamp for _, _, stamp, _ in found] == sorted(stamp for _, _, stamp, _ in found)
    modes = [data for topic, kind, _, data in found if kind == "std_msgs/msg/String"]
    texts: list[Any] = [store.deserialize_cdr(data, "std_msgs/msg/String") for data in modes]
    assert [text.data for text in texts] == ["stand"]
    q = from_wire(commands[-1], LOW_COMMAND)["motor_cmd"]["q"]
    assert np.isfinite(q).all()


def test_a_bag_is_not_overwritten(tmp_path: Path) -> None:
    Recorder(tmp_path / "bag").close()
    with pytest.raises(UserError, match="exists: give another out=DIR"):
        Recorder(tmp_path / "bag")
