"""What the joints are told in each mode, before the safety filter sees it."""

import numpy as np

from robolearn.bridge.deploy.profile import Owned, RobotProfile
from robolearn.bridge.safety.joints import JointCommand, Vector
from robolearn.bridge.safety.postures import braking, holding, standing
from robolearn.bridge.safety.state_machine import Mode, Situation


class Motion:
    """Remembers where each mode began.

    owned: joints of the policy
    stand_time: of the way into the standing posture [s]
    """

    def __init__(self, profile: RobotProfile, owned: Owned, stand_time: float) -> None:
        self._profile, self._owned, self._stand_time = profile, owned, stand_time
        self._since = -np.inf
        self._mode = Mode.PASSIVE
        self._start = profile.standing

    def command(
        self, situation: Situation, measured: Vector, sent: Vector, arms: Vector, targets: Vector | None
    ) -> JointCommand:
        """To all J joints.

        measured: (J,) angles [rad]
        sent: (J,) angles of the last command [rad]
        arms: (J,) of the joints that the policy does not own, while it drives [rad]
        targets: (A,) of the policy [rad]; where there are none it is as if they were not finite
        """
        if (situation.mode, situation.since) != (self._mode, self._since):
            braked = self._mode in (Mode.PASSIVE, Mode.DAMP)
            self._start = measured if braked else sent
            self._mode, self._since = situation.mode, situation.since
        elapsed = situation.now - situation.since
        profile, owned = self._profile, self._owned
        if self._mode is Mode.STAND:
            return standing(self._start, profile.standing, owned.kp, owned.kd, elapsed, self._stand_time)
        if self._mode is Mode.HOLD:
            return holding(self._start, owned.kp, owned.kd)
        if self._mode is Mode.POLICY:
            return self.driven(arms, targets)
        # Joints that lean on their stops measure a little beyond them.
        limits = profile.limits
        return braking(np.minimum(np.maximum(measured, limits.lower), limits.upper), limits.damping)

    def driven(self, arms: Vector, targets: Vector | None) -> JointCommand:
        """What POLICY commands; arms and targets as in `command`."""
        command = holding(arms, self._owned.kp, self._owned.kd)
        command.q[self._owned.places] = np.nan if targets is None else targets
        return command
