"""What cyclonedds is told about our messages agrees with their bytes."""

from dataclasses import dataclass

import pytest

from bridge_messages import all_messages, filled
from robolearn.bridge.idl_types import idl_type
from robolearn.bridge.message import Message, encode
from robolearn.bridge.names import dds_type

FOREIGN = {kind: dataclass(idl_type(kind)) for kind in all_messages()}
"""Cyclonedds builds messages of dataclasses; the bridge itself only announces the types."""

MESSAGES = pytest.mark.parametrize("kind", all_messages(), ids=lambda kind: kind.ROS_TYPE)


@MESSAGES
def test_cyclonedds_reads_and_writes_the_same_bytes(kind: type[Message]) -> None:
    payload = encode(filled(kind))
    assert FOREIGN[kind].deserialize(payload).serialize() == payload


@MESSAGES
def test_types_are_final_and_named_as_ros_does(kind: type[Message]) -> None:
    idl = idl_type(kind).__idl__
    assert idl.idl_transformed_typename == dds_type(kind.ROS_TYPE)
    assert idl_type(kind).__idl_annotations__["extensibility"] == "final"
    assert idl_type(kind) is idl_type(kind)
