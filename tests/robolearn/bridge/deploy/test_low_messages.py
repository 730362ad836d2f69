"""What machine code reads and writes is what the messages say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from robolearn.bridge.deploy.estimate import StateEstimate
from robolearn.bridge.deploy.low_command import CommandWriter
from robolearn.bridge.deploy.low_state import StateMessages
from robolearn.bridge.images import LOW_STATE, Image, seal, to_wire
from robolearn.bridge.message import decode, encode
from robolearn.bridge.messages.unitree_hg import LowCmd, MotorCmd
from robolearn.bridge.remote_control import STOP
from robolearn.bridge.safety.joints import JointCommand

JOINTS = 29


def random_state(seed: int) -> Image:
    random = np.random.default_rng(seed)
    image = LOW_STATE.blank()
    motors, imu = image["motor_state"], image["imu_state"]
    for field in ("q", "dq", "ddq", "tau_est", "vol"):
        motors[field] = random.uniform(-90.0, 90.0, 35)
    motors["mode"], motors["motorstate"] = random.integers(0, 255, 35), random.integers(0, 2**32, 35)
    motors["temperature"] = random.integers(-40, 120, (35, 2))
    imu["quaternion"], imu["gyroscope"] = random.normal(size=4), random.normal(size=3)
    imu["accelerometer"] = random.normal(size=3)
    image["tick"], image["mode_machine"] = random.integers(0, 2**32), random.integers(0, 256)
    image["wireless_remote"] = random.integers(0, 256, 40)
    seal(image)
    return image


def rotation(quaternion: NDArray[np.float64]) -> NDArray[np.float64]:
    w, (x, y, z) = quaternion[0], quaternion[1:]
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + 2.0 * w * cross + 2.0 * cross @ cross


@settings(max_examples=50)
@given(seed=st.integers(0, 2**32))
def test_a_state_says_what_its_fields_do(seed: int) -> None:
    image = random_state(seed)
    numbers = StateMessages(JOINTS).numbers(to_wire(image, LOW_STATE))
    assert numbers is not None
    estimate, motors = StateEstimate(3.0, numbers), image["motor_state"][:JOINTS]
    assert (estimate.tick, estimate.mode_machine) == (image["tick"], image["mode_machine"])
    for found, field in (
        (estimate.joints.q, motors["q"]),
        (estimate.joints.dq, motors["dq"]),
        (estimate.torque, motors["tau_est"]),
        (estimate.quaternion, image["imu_state"]["quaternion"]),
        (estimate.angular_velocity, image["imu_state"]["gyroscope"]),
        (estimate.acceleration, image["imu_state"]["accelerometer"]),
    ):
        assert (found == field).all()
    assert estimate.temperature == motors["temperature"].max() and estimate.voltage == motors["vol"].min()
    buttons = int.from_bytes(image["wireless_remote"][2:4].tobytes(), "little")
    assert estimate.remote_stop == (buttons & STOP == STOP)
    quaternion = estimate.quaternion / np.linalg.norm(estimate.quaternion)
    assert estimate.gravity == pytest.approx(rotation(quaternion).T @ [0.0, 0.0, -1.0])
    assert np.cos(estimate.tilt) == pytest.approx(rotation(quaternion)[2, 2])


@settings(max_examples=50)
@given(seed=st.integers(0, 99), bit=st.integers(0, 8 * LOW_STATE.wire_size - 1))
def test_a_bit_that_fell_over_is_noticed_or_padding(seed: int, bit: int) -> None:
    payload = bytearray(to_wire(random_state(seed), LOW_STATE))
    messages = StateMessages(JOINTS)
    before = messages.numbers(bytes(payload))
    payload[4 + bit // 8] ^= 1 << bit % 8
    after = messages.numbers(bytes(payload))
    assert before is not None and (after is None or (after == before).all())


@pytest.mark.parametrize("row", ["q", "dq"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -1e6])
@pytest.mark.parametrize("joint", [0, 28, 29])
def test_a_joint_where_none_can_be(row: str, value: float, joint: int) -> None:
    image = random_state(1)
    image["motor_state"][row][joint] = value
    seal(image)
    numbers = StateMessages(JOINTS).numbers(to_wire(image, LOW_STATE))
    assert (numbers is None) == (joint < JOINTS)


@pytest.mark.parametrize("voltages", [(np.nan, 50.0), (50.0, np.nan)])
def test_a_voltage_that_is_none_is_not_the_least_of_the_others(voltages: tuple[float, float]) -> None:
    image = random_state(1)
    image["motor_state"]["vol"][3:5] = voltages
    seal(image)
    numbers = StateMessages(JOINTS).numbers(to_wire(image, LOW_STATE))
    assert numbers is not None and np.isnan(StateEstimate(0.0, numbers).voltage)


@pytest.mark.parametrize("payload", [b"", b"noise", bytes(2092), bytes(2093), b"\0\1\0\0" + bytes(2087)])
def test_what_is_no_state(payload: bytes) -> None:
    assert StateMessages(JOINTS).numbers(payload) is None


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), machine=st.integers(0, 255))
def test_a_command_is_the_message_that_says_so(seed: int, machine: int) -> None:
    table = np.random.default_rng(seed).normal(size=(5, JOINTS)).astype(np.float32)
    writer = CommandWriter(JOINTS)
    writer.message(JointCommand(-3.0 * table.astype(np.float64)), 7)
    payload = writer.message(JointCommand(table.astype(np.float64)), machine)
    said = decode(LowCmd, payload)
    expected = LowCmd(mode_machine=machine, crc=said.crc)
    for joint, row in enumerate(table.T.tolist()):
        expected.motor_cmd[joint] = MotorCmd(1, *row)
    assert payload == encode(expected)
