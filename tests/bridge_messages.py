"""Messages of any content, and rosbags as an independent reference for their bytes."""

import math
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

from robolearn.bridge.message import Message, Nested, layout
from robolearn.bridge.messages import (
    builtin_interfaces,
    diagnostic_msgs,
    geometry_msgs,
    sensor_msgs,
    std_msgs,
    tf2_msgs,
    trajectory_msgs,
    unitree_api,
    unitree_hg,
)
from robolearn.bridge.wire_types import Array, Scalar, Series, Text, WireType

PACKAGES = (
    builtin_interfaces,
    diagnostic_msgs,
    geometry_msgs,
    sensor_msgs,
    std_msgs,
    tf2_msgs,
    trajectory_msgs,
    unitree_api,
    unitree_hg,
)

UNITREE = {
    "MotorCmd": "uint8 mode\nfloat32 q\nfloat32 dq\nfloat32 tau\nfloat32 kp\nfloat32 kd\nuint32 reserve",
    "MotorState": """
        uint8 mode
        float32 q
        float32 dq
        float32 ddq
        float32 tau_est
        int16[2] temperature
        float32 vol
        uint32[2] sensor
        uint32 motorstate
        uint32[4] reserve""",
    "IMUState": """
        float32[4] quaternion
        float32[3] gyroscope
        float32[3] accelerometer
        float32[3] rpy
        int16 temperature""",
    "LowCmd": """
        uint8 mode_pr
        uint8 mode_machine
        unitree_hg/MotorCmd[35] motor_cmd
        uint32[4] reserve
        uint32 crc""",
    "LowState": """
        uint32[2] version
        uint8 mode_pr
        uint8 mode_machine
        uint32 tick
        unitree_hg/IMUState imu_state
        unitree_hg/MotorState[35] motor_state
        uint8[40] wireless_remote
        uint32[4] reserve
        uint32 crc""",
    "PressSensorState": "float32[12] pressure\nfloat32[12] temperature\nuint32 lost\nuint32 reserve",
    "HandCmd": "unitree_hg/MotorCmd[] motor_cmd\nuint32[4] reserve",
    "HandState": """
        unitree_hg/MotorState[] motor_state
        unitree_hg/PressSensorState[] press_sensor_state
        unitree_hg/IMUState imu_state
        float32 power_v
        float32 power_a
        float32 system_v
        float32 device_v
        uint32[2] error
        uint32[2] reserve""",
}
"""The published layouts of unitree_hg."""

UNITREE_API = {
    "RequestIdentity": "int64 id\nint64 api_id",
    "RequestLease": "int64 id",
    "RequestPolicy": "int32 priority\nbool noreply",
    "RequestHeader": """
        unitree_api/RequestIdentity identity
        unitree_api/RequestLease lease
        unitree_api/RequestPolicy policy""",
    "Request": "unitree_api/RequestHeader header\nstring parameter\nuint8[] binary",
    "ResponseStatus": "int32 code",
    "ResponseHeader": "unitree_api/RequestIdentity identity\nunitree_api/ResponseStatus status",
    "Response": "unitree_api/ResponseHeader header\nstring data\nuint8[] binary",
}
"""Those of unitree_api."""


def all_messages() -> list[type[Message]]:
    """Every message type that the bridge has."""
    return [
        entry
        for package in PACKAGES
        for entry in vars(package).values()
        if isinstance(entry, type) and issubclass(entry, Message) and entry.__module__ == package.__name__
    ]


@cache
def reference() -> Typestore:
    """ROS 2's own types and Unitree's."""
    store = get_typestore(Stores.ROS2_HUMBLE)
    for package, texts in (("unitree_hg", UNITREE), ("unitree_api", UNITREE_API)):
        for name, text in texts.items():
            lines = "\n".join(line.strip() for line in text.splitlines() if line.strip())
            store.register(get_types_from_msg(lines, f"{package}/msg/{name}"))
    return store


def reference_bytes(message: Message) -> bytes:
    """A message's bytes by rosbags."""
    return bytes(reference().serialize_cdr(_foreign(message), message.ROS_TYPE))


def _foreign(message: Message) -> Any:
    """The same message as an object of rosbags."""
    values = {name: _foreign_value(wire, getattr(message, name)) for name, wire in layout(type(message))}
    if isinstance(message, diagnostic_msgs.DiagnosticStatus):
        values["level"] = (message.level + 128) % 256 - 128  # rosbags takes ROS's `byte` as signed.
    return reference().types[message.ROS_TYPE](**values)


def _foreign_value(wire: WireType, value: Any) -> Any:
    if isinstance(wire, Nested):
        return _foreign(value)
    if isinstance(wire, Array | Series):
        if isinstance(wire.element, Scalar):
            return np.array(value, dtype=wire.element.name)
        return [_foreign_value(wire.element, entry) for entry in value]
    return value


def values(wire: WireType) -> st.SearchStrategy[Any]:
    """Any value of a field."""
    if isinstance(wire, Nested):
        return messages(wire.kind)
    if isinstance(wire, Array):
        return st.lists(values(wire.element), min_size=wire.count, max_size=wire.count)
    if isinstance(wire, Series):
        return st.lists(values(wire.element), max_size=3)
    if isinstance(wire, Text):
        return st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)
    assert isinstance(wire, Scalar)
    return _numbers(wire)


def _numbers(wire: Scalar) -> st.SearchStrategy[Any]:
    if wire.code == "?":
        return st.booleans()
    if wire.code in "fd":
        return st.floats(width=32 if wire.code == "f" else 64, allow_nan=False)
    signed = wire.code.islower()
    bits = 8 * wire.least - signed
    return st.integers(-(2**bits) if signed else 0, 2**bits - 1)


def messages(kind: type[Message]) -> st.SearchStrategy[Any]:
    """Any message of a type."""
    return st.builds(kind, *(values(wire) for _, wire in layout(kind)))


def filled(kind: type[Message], start: int = 1) -> Any:
    """A message whose fields all differ, without randomness: series of three, numbers that count up."""
    counter = iter(range(start, 1_000_000))
    return _filled(Nested(kind), counter)


def _filled(wire: WireType, counter: Any) -> Any:
    if isinstance(wire, Nested):
        return wire.kind(*(_filled(entry, counter) for _, entry in layout(wire.kind)))
    if isinstance(wire, Array | Series):
        return [_filled(wire.element, counter) for _ in range(getattr(wire, "count", 3))]
    if isinstance(wire, Text):
        return "ü" * (next(counter) % 5)
    assert isinstance(wire, Scalar)
    number = next(counter)
    if wire.code == "?":
        return True
    return math.ldexp(number, -3) if wire.code in "fd" else number % 100
