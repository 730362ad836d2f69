"""What a message refuses to send, and what it refuses to be read from."""

import struct

import pytest

from robolearn.bridge.errors import BridgeError
from robolearn.bridge.message import Message, decode, encode
from robolearn.bridge.messages.geometry_msgs import Point, Pose, PoseArray
from robolearn.bridge.messages.sensor_msgs import Imu, JointState
from robolearn.bridge.messages.std_msgs import Bool, String
from robolearn.bridge.messages.unitree_hg import LowCmd, MotorCmd

HEADER = b"\x00\x01\x00\x00"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (MotorCmd(mode=256), "unitree_hg/msg/MotorCmd.mode=256"),
        (MotorCmd(mode=-1), "MotorCmd.mode=-1"),
        (MotorCmd(q=1e300), "MotorCmd.q=1e+300"),
        (MotorCmd(q="1"), "MotorCmd.q='1'"),  # pyright: ignore[reportArgumentType]
        (MotorCmd(reserve=1.5), "MotorCmd.reserve=1.5"),  # pyright: ignore[reportArgumentType]
        (LowCmd(motor_cmd=[MotorCmd()]), "35 entries are wanted, not 1"),
        (LowCmd(reserve=[0, 0, 0, 2**32]), "unitree_hg/msg/LowCmd.reserve="),
        (Imu(orientation_covariance=[0.0] * 8), "9 entries are wanted, not 8"),
        (PoseArray(poses=[Point()]), "a Pose is wanted"),  # pyright: ignore[reportArgumentType]
        (JointState(name=[b"knee"]), "a text is wanted"),  # pyright: ignore[reportArgumentType]
        (String(data="a\0b"), "no zero byte"),
        (String(data="\ud800"), "std_msgs/msg/String.data="),
    ],
)
def test_a_value_that_its_field_does_not_take(message: Message, said: str) -> None:
    with pytest.raises(BridgeError) as raised:
        encode(message)
    assert said in str(raised.value) and "\n" not in str(raised.value) and len(str(raised.value)) < 200


def test_a_length_beyond_the_message_is_refused_before_anything_is_made() -> None:
    header = encode(PoseArray())[:-4]
    with pytest.raises(BridgeError, match="4294967295 values are announced, but 0 bytes are left"):
        decode(PoseArray, header + struct.pack("<I", 2**32 - 1))


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "it begins with nothing"),
        (b"\x00\x01\x00", "it begins with 00 01 00"),
        (b"\x00\x00\x00\x00\x01", "it begins with 00 00 00 00"),
        (b"\x00\x07\x00\x00\x01", "it begins with 00 07 00 00"),
        (HEADER, "the message ends after 0 bytes"),
        (HEADER + b"\x01" + bytes(4), "4 bytes follow the end"),
    ],
)
def test_a_payload_of_another_form(payload: bytes, said: str) -> None:
    with pytest.raises(BridgeError, match=said):
        decode(Bool, payload)


def test_padding_up_to_a_multiple_of_four_is_taken() -> None:
    assert decode(Bool, HEADER + b"\x01" + bytes(3)) == Bool(True)
    assert decode(Bool, b"\x00\x01\x00\x03" + b"\x01" + bytes(3)) == Bool(True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x02\x00\x00\x00ab", "does not end"),
        (b"\x02\x00\x00\x00\xff\x00", "not UTF-8"),
        (b"\x03\x00\x00\x00a\x00\x00", "before its end"),
    ],
)
def test_a_text_that_is_none(content: bytes, said: str) -> None:
    with pytest.raises(BridgeError, match=said):
        decode(String, HEADER + content)


def test_a_text_of_no_length_is_empty() -> None:
    assert decode(String, HEADER + bytes(4)) == String("")


def test_scalars_are_aligned_from_behind_the_header() -> None:
    body = encode(Pose(position=Point(1.0, 2.0, 3.0)))[4:]
    assert struct.unpack("<7d", body) == (1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 1.0)
    joints = encode(JointState(position=[5.0]))[4:]
    assert joints[16:] == bytes(4) + struct.pack("<Id", 1, 5.0) + bytes(8)
