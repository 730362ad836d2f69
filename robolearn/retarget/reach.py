"""Which hand positions the Unitree G1 reaches where it stands, and how to tell frames that are beyond."""

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from robolearn.retarget.trajectory import HANDS

CROUCHES: Final = (
    (0.32, 0.750),
    (0.36, 0.750),
    (0.40, 0.750),
    (0.44, 0.700),
    (0.48, 0.650),
    (0.52, 0.580),
    (0.56, 0.500),
    (0.60, 0.420),
    (0.64, 0.280),
    (0.68, 0.150),
    (0.72, 0.000),
    (0.74, 0.000),
)
"""Pelvis heights [m] and the trunk's forward lean [rad]: the robot's table of standing postures, within the
heights that TrajBooster's augmentation commands."""

SHOULDER_ABOVE: Final = 0.289
SHOULDER_ASIDE: Final = 0.1405
"""The shoulder roll joint from the pelvis [m], trunk upright (Unitree's g1_29dof URDF)."""

ARM: Final = 0.418
"""From there to 5 cm beyond the last wrist joint [m], where TrajBooster measures the hand: 0.1845 m to the
elbow and 0.234 m on (same URDF)."""


@dataclass(frozen=True)
class Stretch:
    """Consecutive frames of one hand.

    hand: left or right
    first, end: frames, the end excluded
    """

    hand: str
    first: int
    end: int

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def stretches(frames: NDArray[np.bool_]) -> list[Stretch]:
    """The runs of true frames in (T, 2), left hand first."""
    found = []
    for hand, flags in zip(HANDS, frames.T, strict=True):
        edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
        found += [Stretch(hand, int(first), int(end)) for first, end in edges.reshape(-1, 2)]
    return found


def beyond_reach(hand_position: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Frames (T, 2) at which a hand is farther than an arm from its shoulder, however low the G1 crouches.

    The pelvis stays above the frame's origin: a step may bring more within reach.

    hand_position: (T, 2, 3) [m], in the frame that stands on the ground below the pelvis
    """
    shoulders = _shoulders()
    nearest = np.full(hand_position.shape[:2], np.inf)
    for shoulder in shoulders:
        nearest = np.minimum(nearest, np.square(hand_position - shoulder).sum(axis=-1))
    return nearest > ARM**2


def _shoulders() -> NDArray[np.float64]:
    """Places (K, 2, 3) of both shoulders [m], one a crouch."""
    height, lean = np.array(CROUCHES).T
    ahead, up = SHOULDER_ABOVE * np.sin(lean), height + SHOULDER_ABOVE * np.cos(lean)
    sides = [
        np.stack((ahead, np.full_like(up, aside), up), -1) for aside in (SHOULDER_ASIDE, -SHOULDER_ASIDE)
    ]
    return np.stack(sides, axis=1)
