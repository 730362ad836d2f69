"""Trajectories at another rate: cubic through the positions, the shorter way between orientations."""

from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from robolearn.errors import UserError
from robolearn.retarget.quaternions import slerp, steady_signs
from robolearn.retarget.trajectory import HandTrajectory

Array = NDArray[np.float64]

_DENOMINATOR: Final = 1000
"""Rates are told apart to a thousandth of a hertz."""


def resampled_length(frames: int, rate: float, new_rate: float) -> int:
    """Frames at `new_rate` that last as long as `frames` at `rate`, rounded down: 5/3 from 30 to 50 Hz."""
    old, new = (Fraction(each).limit_denominator(_DENOMINATOR) for each in (rate, new_rate))
    return int(frames * new / old)


def resample(trajectory: HandTrajectory, rate: float) -> HandTrajectory:
    """The trajectory at `rate` [Hz].

    The first and the last frame stay what they are, as in the published code, so that nothing is
    extrapolated; in between, the pace differs by less than one frame in all. Raises UserError for
    trajectories that are too short to have two frames at that rate.
    """
    frames = len(trajectory)
    length = resampled_length(frames, trajectory.rate, rate)
    if frames < 2 or length < 2:
        raise UserError(
            f"episode {trajectory.name} has {frames} frames at {trajectory.rate:g} Hz: "
            f"too short for {rate:g} Hz"
        )
    at = np.linspace(0.0, frames - 1.0, length)
    return replace(
        trajectory,
        rate=rate,
        hand_position=CubicSpline(np.arange(frames), trajectory.hand_position)(at),
        hand_quaternion=steady_signs(_between_frames(trajectory.hand_quaternion, at)),
        gripper=_linear(trajectory.gripper, at),
    )


def _neighbours(values: Array, at: Array) -> tuple[Array, Array, Array]:
    """Frames before and after each of `at`, and how far it is from the one to the other."""
    before = np.minimum(at.astype(np.int64), len(values) - 2)
    return values[before], values[before + 1], at - before


def _between_frames(quaternions: Array, at: Array) -> Array:
    before, after, share = _neighbours(quaternions, at)
    return slerp(before, after, np.broadcast_to(share[:, None], before.shape[:-1]).copy())


def _linear(values: Array, at: Array) -> Array:
    before, after, share = _neighbours(values, at)
    return before + (after - before) * share[:, None]
