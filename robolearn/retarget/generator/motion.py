"""From way points to frames: minimum jerk from stop to stop."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from robolearn.retarget.generator.plan import WayPoint
from robolearn.retarget.generator.workspace import HandPose
from robolearn.retarget.quaternions import from_euler, slerp, steady_signs

Array = NDArray[np.float64]

RATE: Final = 30.0
"""Of AgiBot World [Hz]."""

SHORTEST_EPISODE: Final = 10.0
"""Plans that take less are carried out more slowly [s]."""


def frames_between(points: list[WayPoint]) -> NDArray[np.int64]:
    """Frames from each way point to the next, (K - 1,): whole ones, so that way points are frames."""
    seconds = np.array([point.seconds for point in points[1:]])
    slower = max(1.0, SHORTEST_EPISODE / seconds.sum())
    return np.ceil(seconds * slower * RATE).astype(np.int64)


def carried_out(points: list[WayPoint]) -> tuple[Array, Array, Array]:
    """Positions (T, 2, 3) [m], quaternions (T, 2, 4) w first, and grippers (T, 2) at `RATE`."""
    counts = frames_between(points)
    last = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(last)) - np.repeat(np.cumsum(counts) - counts, counts)
    # The final way point is a frame, too.
    last, share = np.append(last, len(counts) - 1), np.append(step / counts[last], 1.0)
    eased = minimum_jerk(share)[:, None]
    poses = np.array([[_numbers(hand) for hand in point.hands] for point in points])
    lifts = np.array([point.lifts for point in points[1:]])
    closed = np.array([point.closed for point in points])
    places, turns = poses[..., :3], from_euler(poses[..., 3:])
    position = _between(places, last, eased[..., None])
    position[..., 2] += 4 * lifts[last] * eased * (1 - eased)
    both = np.broadcast_to(eased, (len(eased), 2)).copy()
    quaternion = slerp(turns[last], turns[last + 1], both)
    return position, steady_signs(quaternion), _between(closed, last, eased)


def minimum_jerk(share: Array) -> Array:
    """How far along a hand is at each share of the time: Flash and Hogan's (1985) way from rest to rest."""
    return share**3 * (10 - 15 * share + 6 * share**2)


def _between(values: Array, last: NDArray[np.int64], share: Array) -> Array:
    return values[last] + share * (values[last + 1] - values[last])


def _numbers(pose: HandPose) -> tuple[float, ...]:
    return (pose.x, pose.y, pose.z, pose.roll, pose.pitch, pose.yaw)
