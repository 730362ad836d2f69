"""From what the operator wishes to the worker's command."""

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

        twist: (4,) as in `Wishes`, finite
        elapsed: since the last call [s]
        """
        limits, profile = self._profile.velocity, self._profile
        forward, sideways, turning, climb = twist
        planar = np.array(
            [
                np.clip(forward, limits.backward, limits.forward),
                np.clip(sideways, -limits.sideways, limits.sideways),
            ]
        )
        planar *= min(1.0, limits.speed / max(float(np.hypot(*planar)), 1e-9))
        self.height = float(np.clip(self.height + climb * elapsed, profile.lowest, profile.highest))
        turning = np.clip(turning, -limits.yaw_rate, limits.yaw_rate)
        return np.array([*planar, turning, self.height]) * [*[self.height >= profile.lowest_walk] * 3, True]
