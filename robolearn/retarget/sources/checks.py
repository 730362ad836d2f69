"""Checks of an episode's numbers; whatever fails raises `Fault` with what, where and what is expected."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from robolearn.retarget.sources.refusal import Fault
from robolearn.retarget.trajectory import HANDS

Array = NDArray[np.float64]

LONGEST: Final = 1_000_000
"""Frames of an episode; more than nine hours at 30 Hz are a damaged header rather than a demonstration."""

_FARTHEST: Final = 3.0
"""No hand of a household robot is farther from the ground below its base [m]; millimetres are."""

_NORM_TOLERANCE: Final = 0.01
"""How far the length of a recorded quaternion may be from 1."""

_LONGEST_INTERVAL: Final = 1.0
"""Hands that are recorded less often [s] cannot be followed."""

_INTERVAL_TOLERANCE: Final = 0.25
"""How far one frame's interval may be from the median one, as a share: recorders' clocks jitter."""

_DRIFT_TOLERANCE: Final = 0.02
"""How far the mean interval may be from the median one, as a share."""

_WHOLE_TOLERANCE: Final = 0.01
"""A rate this close to whole hertz, as a share, is meant to be whole: 33333333 ns is 30 Hz."""

_GRIPPER_SLACK: Final = 0.05
"""How far beyond open or closed a gripper's record may be, as a share of its travel."""


def check_length(count: int) -> None:
    """Refuse too few frames to interpolate between, and more than anybody recorded."""
    if count == 0:
        raise Fault("it is empty: 0 frames")
    if count < 2:
        raise Fault("it has 1 frame: a trajectory takes at least 2")
    if count > LONGEST:
        raise Fault(f"it has {count} frames: more than {LONGEST} are not an episode")


def check_finite(name: str, values: NDArray[np.floating], labels: Sequence[str] = HANDS) -> None:
    """Refuse NaN and infinity in values (T, N, ...); the labels name the entries of the second axis."""
    wrong = ~np.isfinite(values)
    if wrong.any():
        place = np.argwhere(wrong)[0]
        label = labels[place[1]] if len(labels) == values.shape[1] else f"entry {place[1]}"
        raise Fault(f"'{name}' is {values[tuple(place)]} in frame {place[0]}, {label}")


def check_position(name: str, values: Array) -> None:
    """Refuse positions (T, 2, 3) that are not finite, or no metres."""
    check_finite(name, values)
    far = np.abs(values).max(axis=-1) > _FARTHEST
    if far.any():
        frame, hand = np.argwhere(far)[0]
        largest = np.abs(values[frame, hand]).max()
        raise Fault(
            f"'{name}' is {largest:.4g} m in frame {frame}, {HANDS[hand]}: expected at most {_FARTHEST} m"
        )


def unit_quaternions(name: str, values: Array) -> Array:
    """Quaternions (T, 2, 4) with length 1. Refuses ones that are not finite, or far from that length."""
    check_finite(name, values)
    norm = np.linalg.norm(values, axis=-1, keepdims=True)
    wrong = np.abs(norm[..., 0] - 1) > _NORM_TOLERANCE
    if wrong.any():
        frame, hand = np.argwhere(wrong)[0]
        length = norm[frame, hand, 0]
        raise Fault(f"'{name}' has length {length:.4g} in frame {frame}, {HANDS[hand]}: expected 1")
    return values / norm


def closed_share(name: str, values: Array, opened: float, closed: float) -> Array:
    """Grippers (T, 2) from 0 open to 1 closed. Refuses values that are not between `opened` and `closed`."""
    check_finite(name, values)
    share = (values - opened) / (closed - opened)
    wrong = np.abs(share - 0.5) > 0.5 + _GRIPPER_SLACK
    if wrong.any():
        frame, hand = np.argwhere(wrong)[0]
        raise Fault(
            f"'{name}' is {values[frame, hand]:.4g} in frame {frame}, {HANDS[hand]}: "
            f"expected {opened:g} (open) to {closed:g} (closed)"
        )
    return np.clip(share, 0.0, 1.0)


def rate_of(name: str, times: Array) -> float:
    """Frames a second [Hz] of time stamps (T,) [s]. Refuses ones that stand still, jump or change pace."""
    intervals = np.diff(times)
    backward = ~(intervals > 0)
    if backward.any():
        raise Fault(f"'{name}' does not increase after frame {int(backward.argmax())}")
    median = float(np.median(intervals))
    uneven = np.abs(intervals / median - 1) > _INTERVAL_TOLERANCE
    if uneven.any():
        frame = int(uneven.argmax())
        raise Fault(
            f"'{name}' is irregular: {intervals[frame]:.4g} s after frame {frame}, "
            f"where most intervals are {median:.4g} s"
        )
    mean = float(times[-1] - times[0]) / len(intervals)
    if abs(mean / median - 1) > _DRIFT_TOLERANCE:
        raise Fault(f"'{name}' has mixed rates: mostly {1 / median:.2f} Hz, but {1 / mean:.2f} Hz over all")
    if mean > _LONGEST_INTERVAL:
        raise Fault(f"'{name}' has {mean:.4g} s between frames: expected at most {_LONGEST_INTERVAL} s")
    whole = round(1 / mean)
    return float(whole) if abs(1 / mean / whole - 1) < _WHOLE_TOLERANCE else 1 / mean
