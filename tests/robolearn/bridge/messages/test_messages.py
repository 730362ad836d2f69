"""Every message: its definition's fields, rosbags' bytes, and nothing but BridgeError for foreign ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_messages import all_messages, filled, messages, reference, reference_bytes
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.message import Message, decode, encode, layout
from robolearn.bridge.messages.geometry_msgs import Pose, Quaternion
from robolearn.bridge.messages.unitree_hg import LowCmd, LowState, MotorCmd

MESSAGES = pytest.mark.parametrize("kind", all_messages(), ids=lambda kind: kind.ROS_TYPE)
SMALL = [kind for kind in all_messages() if kind not in (LowCmd, LowState)]


def test_the_messages_that_a_robot_needs_are_there() -> None:
    names = {kind.ROS_TYPE for kind in all_messages()}
    assert len(names) == 40
    assert {"unitree_hg/msg/LowCmd", "unitree_hg/msg/HandState", "tf2_msgs/msg/TFMessage"} <= names


@MESSAGES
def test_fields_are_those_of_the_definition(kind: type[Message]) -> None:
    assert [name for name, _ in layout(kind)] == [
        name for name, _ in reference().get_msgdef(kind.ROS_TYPE).fields
    ]


@MESSAGES
def test_bytes_are_those_of_rosbags(kind: type[Message]) -> None:
    for message in (kind(), filled(kind), filled(kind, start=4)):
        payload = encode(message)
        assert payload == reference_bytes(message)
        assert decode(kind, payload) == message


@settings(max_examples=60)
@given(message=st.sampled_from(SMALL).flatmap(messages))
def test_any_content_has_rosbags_bytes_and_comes_back(message: Message) -> None:
    payload = encode(message)
    assert payload == reference_bytes(message)
    assert decode(type(message), payload) == message


@settings(max_examples=60)
@given(kind=st.sampled_from(all_messages()), body=st.binary(max_size=120), header=st.booleans())
def test_random_bytes_raise_nothing_else(kind: type[Message], body: bytes, header: bool) -> None:
    payload = b"\x00\x01\x00\x00" + body if header else body
    try:
        message = decode(kind, payload)
    except BridgeError as error:
        assert "\n" not in str(error)
    else:
        assert type(message) is kind


@settings(max_examples=60)
@given(kind=st.sampled_from(all_messages()), data=st.data())
def test_truncated_and_damaged_messages_raise_nothing_else(kind: type[Message], data: st.DataObject) -> None:
    payload = bytearray(encode(filled(kind)))
    cut = data.draw(st.integers(0, len(payload) - 1))
    with pytest.raises(BridgeError):
        decode(kind, bytes(payload[:cut]))
    for place in data.draw(st.lists(st.integers(0, len(payload) - 1), max_size=5)):
        payload[place] = 255 - payload[place]
    try:
        assert type(decode(kind, bytes(payload))) is kind
    except BridgeError as error:
        assert kind.ROS_TYPE in str(error)


def test_a_misspelt_field_is_an_error() -> None:
    with pytest.raises(AttributeError):
        MotorCmd().qd = 3.0  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TypeError):
        MotorCmd(qd=3.0)  # pyright: ignore[reportCallIssue]


def test_defaults_are_their_own_objects() -> None:
    first, second = LowCmd(), LowCmd()
    first.motor_cmd[0].q = 1.0
    assert first.motor_cmd[1].q == second.motor_cmd[0].q == 0.0
    assert Pose().orientation == Quaternion(0.0, 0.0, 0.0, 1.0)


def test_sizes_of_unitrees_messages() -> None:
    assert len(encode(LowCmd())) == 4 + 1000
    assert len(encode(LowState())) == 4 + 2088
