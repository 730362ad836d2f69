"""The fast path writes the same bytes as the messages, and Unitree's checksum."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_messages import filled
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.images import LOW_COMMAND, LOW_STATE, Image, Layout, checksum, from_wire, seal, to_wire
from robolearn.bridge.message import Message, encode
from robolearn.bridge.messages.unitree_hg import LowCmd, LowState

BOTH = pytest.mark.parametrize(("layout", "kind"), [(LOW_COMMAND, LowCmd), (LOW_STATE, LowState)])

COMMAND_PACKING = "<2B2x" + "B3x5fI" * 35 + "5I"
STATE_PACKING = "<2I2B2xI" + "13fh2x" + "B3x4f2hf7I" * 35 + "40B5I"


def bitwise_checksum(image: Image) -> int:
    """The published algorithm, bit by bit."""
    register = 0xFFFFFFFF
    for word in np.frombuffer(image.tobytes(), "<u4")[:-1].tolist():
        for place in range(31, -1, -1):
            carry = register >> 31
            register = (register << 1) & 0xFFFFFFFF
            if carry ^ (word >> place & 1):
                register ^= 0x04C11DB7
    return register


def randomised(layout: Layout, seed: int) -> Image:
    """Any bits in every field, none in the padding."""
    content = np.random.default_rng(seed).bytes(layout.wire_size)
    return from_wire(b"\x00\x01\x00\x00" + content, layout)


@BOTH
def test_bytes_are_those_of_the_message(layout: Layout, kind: type[Message]) -> None:
    payload = encode(filled(kind))
    image = from_wire(payload, layout)
    assert to_wire(image, layout) == payload
    assert to_wire(layout.blank(), layout) == encode(kind())


def test_images_are_laid_out_as_c_does() -> None:
    assert LOW_COMMAND.dtype.itemsize == struct.calcsize(COMMAND_PACKING) == 1004
    assert LOW_STATE.dtype.itemsize == struct.calcsize(STATE_PACKING) == 2092
    values = list(range(2 + 35 * 7 + 5))
    image = np.frombuffer(struct.pack(COMMAND_PACKING, *(v % 250 for v in values)), LOW_COMMAND.dtype)[0]
    assert image["mode_machine"] == 1 and image["crc"] == values[-1] % 250
    assert image["motor_cmd"]["q"].tolist() == [(3 + 7 * slot) % 250 for slot in range(35)]


def test_fields_are_found_by_name() -> None:
    message = LowState(tick=77)
    message.motor_state[3].q, message.motor_state[34].temperature = 0.5, [40, 41]
    message.imu_state.quaternion, message.imu_state.temperature = [1.0, 0.0, 0.0, 0.0], -3
    image = from_wire(encode(message), LOW_STATE)
    assert image["tick"] == 77 and image["motor_state"]["q"][3] == 0.5
    assert image["motor_state"]["temperature"][34].tolist() == [40, 41]
    assert image["imu_state"]["quaternion"].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert image["imu_state"]["temperature"] == -3


def test_golden_checksum_of_an_empty_command() -> None:
    image = LOW_COMMAND.blank()
    seal(image)
    assert int(image["crc"]) == 0xFE172F9F
    assert to_wire(image, LOW_COMMAND)[-4:] == bytes.fromhex("9f2f17fe")


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32))
@BOTH
def test_checksum_is_the_published_one(layout: Layout, kind: type[Message], seed: int) -> None:
    image = randomised(layout, seed)
    assert checksum(image) == bitwise_checksum(image)
    before = checksum(image)
    seal(image)
    assert checksum(image) == before == int(image["crc"])


@BOTH
def test_padding_that_somebody_sent_is_cleaned(layout: Layout, kind: type[Message]) -> None:
    dirty = from_wire(b"\x00\x01\x00\x00" + b"\xff" * layout.wire_size, layout)
    motors = dirty[layout.motors]
    assert motors["mode"].tolist() == [255] * 35
    assert not any(bytes(motors["_padding"].tobytes())) and bytes(dirty["_padding"].tobytes()) == bytes(2)


@BOTH
def test_an_image_is_its_own_copy(layout: Layout, kind: type[Message]) -> None:
    payload = encode(kind())
    image, untouched = from_wire(payload, layout), from_wire(payload, layout)
    image["mode_machine"] = 5
    assert image["mode_machine"] == 5 and untouched["mode_machine"] == 0


@BOTH
@settings(max_examples=30)
@given(payload=st.binary(max_size=40))
def test_other_payloads_raise_nothing_else(layout: Layout, kind: type[Message], payload: bytes) -> None:
    for foreign in (
        payload,
        b"\x00\x01\x00\x00" + payload,
        encode(kind())[:-1],
        encode(kind()) + payload + b"1",
    ):
        with pytest.raises(BridgeError, match=kind.ROS_TYPE):
            from_wire(foreign, layout)
