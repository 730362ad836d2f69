"""What the robot reports: LowState messages with every field filled."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from envs.humanoid.sensing import SensorNoise
from envs.robots.g1.constants import JOINTS
from envs.sim_robot.body import Body
from robolearn.bridge.images import LOW_STATE, seal, to_wire
from robolearn.bridge.remote_control import KEYS, Button
from robolearn.bridge.sim_settings import Interference

MODE_MACHINE: Final = 5
"""That Unitree's G1 of 29 joints reports."""

VERSION: Final = (1, 0)
"""Chosen: not zero, as on a robot."""

ACCELERATION_NOISE: Final = 0.5
"""Half-width of the accelerometer's noise [m/s^2]; chosen: a twentieth of gravity, as the worker's noise of
gravity's direction is."""

_JOINTS: Final = len(JOINTS)


class Sensors:
    """Of one body.

    seed: of their noise
    """

    def __init__(self, body: Body, seed: int) -> None:
        self._body, self._random = body, np.random.default_rng([seed, 2])
        self._image = LOW_STATE.blank()
        self._image["version"], self._image["mode_machine"] = VERSION, MODE_MACHINE
        self._motors = self._image["motor_state"][:_JOINTS]

    def report(
        self, tick: int, enabled: NDArray[np.bool_], buttons: Button, interference: Interference
    ) -> bytes:
        """The message of now.

        tick: since the robot was switched on [ms]
        enabled: (29,) motors that are switched on
        buttons: of the remote control that are down
        """
        self._image["wireless_remote"][KEYS] = list(buttons.to_bytes(2, "little"))
        self._image["tick"] = tick % 2**32
        self._fill_motors(enabled, interference)
        self._fill_imu(interference)
        seal(self._image)
        return to_wire(self._image, LOW_STATE)

    def _fill_motors(self, enabled: NDArray[np.bool_], interference: Interference) -> None:
        body, motors, noise = self._body, self._motors, SensorNoise()
        motors["mode"] = enabled
        motors["q"] = body.angles + self._noise(noise.position, _JOINTS, interference)
        motors["dq"] = body.speeds + self._noise(noise.velocity, _JOINTS, interference)
        motors["ddq"], motors["tau_est"] = body.accelerations, body.torques
        motors["temperature"], motors["vol"] = interference.temperature, interference.voltage

    def _fill_imu(self, interference: Interference) -> None:
        body, imu, noise = self._body, self._image["imu_state"], SensorNoise()
        turn = np.array([1.0, *(0.5 * self._noise(noise.gravity, 3, interference))])
        quaternion = _product(body.orientation, turn)
        quaternion /= np.linalg.norm(quaternion)
        imu["quaternion"], imu["rpy"] = quaternion, _roll_pitch_yaw(quaternion)
        imu["gyroscope"] = body.angular_velocity + self._noise(noise.angular_velocity, 3, interference)
        imu["accelerometer"] = body.acceleration + self._noise(ACCELERATION_NOISE, 3, interference)
        imu["temperature"] = interference.temperature

    def _noise(self, half_width: float, size: int, interference: Interference) -> NDArray[np.float64]:
        if not interference.noise:
            return np.zeros(size)
        return interference.noise * half_width * self._random.uniform(-1.0, 1.0, size)


def _product(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of quaternions (4,), w first."""
    w, u, v = left[0], left[1:], right[1:]
    return np.array([w * right[0] - u @ v, *(w * v + right[0] * u + np.cross(u, v))])


def _roll_pitch_yaw(quaternion: NDArray[np.float64]) -> tuple[float, float, float]:
    w, x, y, z = quaternion
    return (
        float(np.arctan2(2.0 * (w * x + y * z), 1.0 - 2.0 * (x * x + y * y))),
        float(np.arcsin(np.clip(2.0 * (w * y - z * x), -1.0, 1.0))),
        float(np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))),
    )
