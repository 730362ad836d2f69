"""What joints are commanded to in the modes that no policy drives."""

import numpy as np

from robolearn.bridge.safety.joints import JointCommand, Vector


def braking(measured: Vector, damping: Vector) -> JointCommand:
    """PASSIVE and DAMP: no stiffness.

    measured: angles [rad], (J,), so that a later command starts from there
    damping: kd [N m s/rad], (J,)
    """
    return holding(measured, np.zeros(len(measured)), damping)


def holding(posture: Vector, kp: Vector, kd: Vector) -> JointCommand:
    """HOLD: the angles `posture` [rad] with the gains given, (J,) each."""
    table = np.zeros((5, len(posture)))
    table[0], table[3], table[4] = posture, kp, kd
    return JointCommand(table)


def standing(
    start: Vector, goal: Vector, kp: Vector, kd: Vector, elapsed: float, duration: float
) -> JointCommand:
    """STAND: from one posture to the other without a jerk at either end, then the other.

    start: angles where STAND began [rad], (J,): measured ones, or after POLICY and HOLD the last targets,
        which carry the robot's weight
    goal: angles of the standing posture [rad], (J,)
    kp, kd: gains [N m/rad], [N m s/rad], (J,)
    elapsed: since STAND began [s]
    duration: of the way [s]
    """
    time = min(max(elapsed / duration, 0.0), 1.0)
    share = time**3 * (10.0 - 15.0 * time + 6.0 * time**2)
    rate = 30.0 * time**2 * (1.0 - time) ** 2 / duration
    way = goal - start
    return JointCommand.of(start + share * way, rate * way, 0.0, kp, kd)
