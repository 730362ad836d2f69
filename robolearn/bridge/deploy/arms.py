"""Joints that no policy owns: where somebody else wants them, on a way that does not upset the balance."""

from typing import Final

import numpy as np

from robolearn.bridge.deploy.profile import Owned, RobotProfile
from robolearn.bridge.messages.trajectory_msgs import JointTrajectory
from robolearn.bridge.safety.joints import Vector

SPEED: Final = 1.0
"""Greatest, of each joint towards its target [rad/s]; chosen: an arm rises in a second and a half."""


class Arms:
    """Of a robot whose other joints a policy owns.

    posture: (J,) of all joints; the policy's own are in the standing posture [rad]
    moving: whether the next posture differs
    """

    def __init__(self, profile: RobotProfile, owned: Owned) -> None:
        self._profile = profile
        mine = {profile.joints[place] for place in owned.places}
        self._free = {name: place for place, name in enumerate(profile.joints) if name not in mine}
        self.reset()

    def reset(self) -> None:
        """Back to the standing posture."""
        self.posture = self._profile.standing.copy()
        self._goal = self.posture.copy()
        self.moving = False

    def aim(self, trajectory: JointTrajectory) -> str:
        """Take over the last point's positions; returns why not, empty if all is well."""
        if not trajectory.points:
            return "joint targets without a point"
        names, positions = trajectory.joint_names, trajectory.points[-1].positions
        if len(names) != len(positions):
            return f"joint targets of {len(names)} joints with {len(positions)} positions"
        if foreign := [name for name in names if name not in self._free]:
            return f"joint targets of '{foreign[0]}', which is not free: free are {', '.join(self._free)}"
        if not np.isfinite(positions).all():
            return "joint targets that are not finite"
        places = [self._free[name] for name in names]
        limits = self._profile.limits
        self._goal[places] = np.clip(positions, limits.lower[places], limits.upper[places])
        self.moving = True
        return ""

    def follow(self, angles: Vector) -> None:
        """Go towards angles of all free joints, in the robot's order [rad], if all are finite."""
        places = list(self._free.values())
        if np.isfinite(angles).all():
            limits = self._profile.limits
            self._goal[places] = np.clip(angles, limits.lower[places], limits.upper[places])
            self.moving = True

    def step(self, elapsed: float) -> Vector:
        """The posture after `elapsed` [s], (J,) [rad]."""
        if self.moving:
            way = SPEED * elapsed
            self.posture = self.posture + np.minimum(np.maximum(self._goal - self.posture, -way), way)
            self.moving = bool((self.posture != self._goal).any())
        return self.posture
