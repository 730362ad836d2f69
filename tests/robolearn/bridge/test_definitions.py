"""Messages as .msg text, read by rosbags."""

import pytest
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from bridge_messages import UNITREE, all_messages
from robolearn.bridge.definitions import definition, parts
from robolearn.bridge.message import Message
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray
from robolearn.bridge.messages.unitree_hg import LowState

STANDARD = [kind for kind in all_messages() if not kind.ROS_TYPE.startswith("unitree_")]


@pytest.mark.parametrize("kind", STANDARD, ids=lambda kind: kind.ROS_TYPE)
def test_definitions_of_ros_are_its_own(kind: type[Message]) -> None:
    known = get_typestore(Stores.ROS2_JAZZY).fielddefs[kind.ROS_TYPE][1]
    read = get_types_from_msg(definition(kind), kind.ROS_TYPE)[kind.ROS_TYPE][1]
    if kind.ROS_TYPE == "diagnostic_msgs/msg/DiagnosticStatus":
        known, read = known[1:], read[1:]  # Its level is ROS's `byte`, which is a uint8 on the wire.
    assert [name for name, _ in read] == [name for name, _ in known]
    assert [field for _, field in read] == [field for _, field in known]


@pytest.mark.parametrize("name", UNITREE)
def test_definitions_of_unitree_are_the_published_ones(name: str) -> None:
    kind = next(kind for kind in all_messages() if f"unitree_hg/msg/{name}" == kind.ROS_TYPE)
    published = "\n".join(line.strip() for line in UNITREE[name].splitlines() if line.strip())
    assert get_types_from_msg(definition(kind), kind.ROS_TYPE) == get_types_from_msg(published, kind.ROS_TYPE)


def test_parts_come_before_what_they_are_parts_of() -> None:
    assert [part.__name__ for part in parts(LowState)] == ["IMUState", "MotorState", "LowState"]
    names = [part.__name__ for part in parts(DiagnosticArray)]
    assert names == ["Time", "Header", "KeyValue", "DiagnosticStatus", "DiagnosticArray"]
