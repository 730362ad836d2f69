"""From what the operator wishes to the worker's command."""

import math

import numpy as np

from robolearn.bridge.deploy.profile import RobotProfile
from robolearn.bridge.safety.joints import Vector


class Steering:
    """Velocities within what the worker was made for, none while it is low; the height moves as fast as told.

    height: of the pelvis that is commanded now [m]
    """

    def __init__(self, profile: RobotProfile) -> None:
        self._profile = profile
        self.height = profile.height

    def reset(self) -> None:
        """Back to the standing posture's height."""
        self.height = self._profile.height

    def command(self, twist: Vector, elapsed: float) -> Vector:
        """The worker's command (4,), see `robolearn.policies.worker.command.COMMAND`.

        twist: (4,) as `Operator.twist`
        elapsed: since the last call [s]
        """
        limits, profile = self._profile.velocity, self._profile
        forward, sideways, turning, climb = twist.tolist()
        self.height = _within(self.height + climb * elapsed, profile.lowest, profile.highest)
        if self.height < profile.lowest_walk:
            return np.array([0.0, 0.0, 0.0, self.height])
        forward = _within(forward, limits.backward, limits.forward)
        sideways = _within(sideways, -limits.sideways, limits.sideways)
        share = min(1.0, limits.speed / max(math.hypot(forward, sideways), 1e-9))
        turning = _within(turning, -limits.yaw_rate, limits.yaw_rate)
        return np.array([share * forward, share * sideways, turning, self.height])


def _within(value: float, least: float, greatest: float) -> float:
    return min(max(value, least), greatest)
