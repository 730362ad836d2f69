"""Unitree's humanoids, the G1 among them, and their Dex3 hands: `unitree_hg` of unitree_ros2.

A motor's servo is on its own board: torque = tau + kp (q - its angle) + kd (dq - its speed).
"""

from typing import Final

from robolearn.bridge.message import Message, Nested, message, wired
from robolearn.bridge.wire_types import FLOAT32, INT16, UINT8, UINT32, Array, Series

MOTOR_SLOTS: Final = 35
"""In every LowCmd and LowState; a G1 of 29 joints fills the first 29."""


@message("unitree_hg/msg/MotorCmd")
class MotorCmd(Message):
    """To one motor.

    mode: 1 enables it, 0 does not
    q: angle [rad]
    dq: speed [rad/s]
    tau: torque added to the servo's [N m]
    kp: stiffness [N m/rad]
    kd: damping [N m s/rad]
    """

    mode: int = wired(UINT8)
    q: float = wired(FLOAT32)
    dq: float = wired(FLOAT32)
    tau: float = wired(FLOAT32)
    kp: float = wired(FLOAT32)
    kd: float = wired(FLOAT32)
    reserve: int = wired(UINT32)


@message("unitree_hg/msg/MotorState")
class MotorState(Message):
    """Of one motor.

    q, dq, ddq: angle [rad], speed [rad/s], acceleration [rad/s^2]
    tau_est: torque, from the current [N m]
    temperature: two of them [degrees Celsius]
    vol: supply [V]
    motorstate: its errors as bits, 0 for none
    """

    mode: int = wired(UINT8)
    q: float = wired(FLOAT32)
    dq: float = wired(FLOAT32)
    ddq: float = wired(FLOAT32)
    tau_est: float = wired(FLOAT32)
    temperature: list[int] = wired(Array(INT16, 2))
    vol: float = wired(FLOAT32)
    sensor: list[int] = wired(Array(UINT32, 2))
    motorstate: int = wired(UINT32)
    reserve: list[int] = wired(Array(UINT32, 4))


@message("unitree_hg/msg/IMUState")
class IMUState(Message):
    """Of an inertial unit, in its own frame.

    quaternion: w, x, y, z
    gyroscope: [rad/s]
    accelerometer: [m/s^2]
    rpy: roll, pitch and yaw [rad]
    temperature: [degrees Celsius]
    """

    quaternion: list[float] = wired(Array(FLOAT32, 4))
    gyroscope: list[float] = wired(Array(FLOAT32, 3))
    accelerometer: list[float] = wired(Array(FLOAT32, 3))
    rpy: list[float] = wired(Array(FLOAT32, 3))
    temperature: int = wired(INT16)


@message("unitree_hg/msg/LowCmd")
class LowCmd(Message):
    """To all motors; the robot drops it unless `crc` and `mode_machine` are right.

    mode_pr: 0 commands ankles and waist in pitch and roll, 1 their parallel motors
    mode_machine: that of the robot's LowState
    crc: of the message as a C structure, see `robolearn.bridge.images`
    """

    mode_pr: int = wired(UINT8)
    mode_machine: int = wired(UINT8)
    motor_cmd: list[MotorCmd] = wired(Array(Nested(MotorCmd), MOTOR_SLOTS))
    reserve: list[int] = wired(Array(UINT32, 4))
    crc: int = wired(UINT32)


@message("unitree_hg/msg/LowState")
class LowState(Message):
    """Of the whole robot, about 500 times a second.

    mode_pr, mode_machine, crc: as in LowCmd
    tick: counts up [ms]
    imu_state: that of the pelvis
    wireless_remote: what the remote control sent
    """

    version: list[int] = wired(Array(UINT32, 2))
    mode_pr: int = wired(UINT8)
    mode_machine: int = wired(UINT8)
    tick: int = wired(UINT32)
    imu_state: IMUState = wired(Nested(IMUState))
    motor_state: list[MotorState] = wired(Array(Nested(MotorState), MOTOR_SLOTS))
    wireless_remote: list[int] = wired(Array(UINT8, 40))
    reserve: list[int] = wired(Array(UINT32, 4))
    crc: int = wired(UINT32)


@message("unitree_hg/msg/PressSensorState")
class PressSensorState(Message):
    """Of one pressure pad of a hand.

    pressure, temperature: of its twelve cells, in the sensor's own units
    lost: packets that did not arrive
    """

    pressure: list[float] = wired(Array(FLOAT32, 12))
    temperature: list[float] = wired(Array(FLOAT32, 12))
    lost: int = wired(UINT32)
    reserve: int = wired(UINT32)


@message("unitree_hg/msg/HandCmd")
class HandCmd(Message):
    """To the seven motors of a Dex3 hand."""

    motor_cmd: list[MotorCmd] = wired(Series(Nested(MotorCmd)))
    reserve: list[int] = wired(Array(UINT32, 4))


@message("unitree_hg/msg/HandState")
class HandState(Message):
    """Of a Dex3 hand.

    power_v, power_a: supply [V], [A]
    system_v, device_v: [V]
    """

    motor_state: list[MotorState] = wired(Series(Nested(MotorState)))
    press_sensor_state: list[PressSensorState] = wired(Series(Nested(PressSensorState)))
    imu_state: IMUState = wired(Nested(IMUState))
    power_v: float = wired(FLOAT32)
    power_a: float = wired(FLOAT32)
    system_v: float = wired(FLOAT32)
    device_v: float = wired(FLOAT32)
    error: list[int] = wired(Array(UINT32, 2))
    reserve: list[int] = wired(Array(UINT32, 2))
