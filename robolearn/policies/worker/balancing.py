"""Legs that bring the centre of mass of a standing robot back over its feet, and hold its trunk.

Without it no learning found how to stand: arms that move shift the centre of mass by more than what ankles
that hold an angle bear, and sideways the legs are a parallelogram that nothing but the hips keeps upright.
What is fed back is the capture point (Pratt et al., Humanoids 2006), of the estimated centre of mass.
"""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

from robolearn.policies.worker.legs import SIDES, LegJoints
from robolearn.policies.worker.scaling import CENTRE_OF_MASS_SCALE, VELOCITY_SCALE

GRAVITY: Final = 9.81

PITCH_GAIN: Final = 8.0
ROLL_GAIN: Final = 2.0
"""From the lean of the line to the capture point [rad] to the ankles' pitch, and to the roll of hips and, the
other way, of ankles."""

TRUNK_PITCH_GAIN: Final = 0.5
TRUNK_ROLL_GAIN: Final = 0.5
"""From the pelvis's tilt [rad] to the hips' targets. All gains are chosen in simulation, with the true centre
of mass and no learning: with these, and 1 for the trunk's pitch, 90 % of the randomised robots stood for 8 s
at 0.74 m while their arms moved, and 76 to 82 % at 0.3 to 0.6 m; with twice the trunk's they shake."""

LENGTH_GAIN: Final = 1.0
STRAIGHT_HEIGHT, LENGTH_SLOPE = 0.80, 2.5
"""From how far the capture point is to one side [m] to how much longer that leg becomes, and the other
shorter [m]: up to `LENGTH_GAIN`, and less near the height of a pelvis on straight legs [m], by so much a
metre below it; measured: 96 randomised robots that squatted to 0.45 m, steps from a lean of 0.1 rad on,
stepped 57 % of 12 s without it, 44 % with it, and 28 % with half of the trunk's pitch gain besides. At 0.74 m
a gain of 1 made 18 of 64 nominal robots fall, which none did without."""

LEAST_HEIGHT: Final = 0.1
"""That is reckoned with [m], so that nothing is divided by zero."""


_CENTRE: Final = tuple(f"com_over_feet.{axis}" for axis in "xy")
_VELOCITY: Final = tuple(f"velocity_in_heading.{axis}" for axis in "xy")

ESTIMATE_WEIGHT: Final = 10.0
"""Of what balances in the error that an estimator minimises, beside 1 of the rest; measured: an estimator
that was taught so, of the same rollouts, was off by 0.063 instead of 0.080 m/s while robots stood."""


def estimate_weights(estimated: Sequence[str]) -> list[float]:
    """Of squared errors of estimates, by what is estimated."""
    return [ESTIMATE_WEIGHT if name in _CENTRE + _VELOCITY else 1.0 for name in estimated]


class CapturePoint:
    """Where estimates have the capture point."""

    def __init__(self, estimated: Sequence[str]) -> None:
        """estimated: names of E entries."""
        self._centre = [estimated.index(name) for name in _CENTRE]
        self._velocity = [estimated.index(name) for name in _VELOCITY]

    def of(self, estimate: Tensor, height: Tensor) -> Tensor:
        """Ahead and to the left of the middle of the soles, (N, 2) [m].

        estimate: (N, E); height: (N,) of the pelvis [m]
        """
        centre = estimate[:, self._centre] / CENTRE_OF_MASS_SCALE
        velocity = estimate[:, self._velocity] / VELOCITY_SCALE
        return centre + run_ahead(velocity, height)


def run_ahead(velocity: Tensor, height: Tensor) -> Tensor:
    """By how much capture points are ahead of centres of mass, (N, 2) [m].

    velocity: (N, 2) [m/s]; height: (N,) of the pelvis [m]
    """
    return velocity * (height.clamp(min=0.0) / GRAVITY).sqrt()[:, None]


def balancing_angles(
    legs: LegJoints, capture_point: Tensor, height: Tensor, tilt: Tensor, thigh_pitch: Tensor
) -> Tensor:
    """Angles (N, A) [rad] to add to a standing posture.

    capture_point: (N, 2) as `CapturePoint.of`; height: (N,) of the pelvis [m]
    tilt: (N, 2) of gravity in the pelvis, x and y, from the posture's
    thigh_pitch: (N,) as in `LegJoints.turned`
    """
    both = torch.ones(len(SIDES), device=tilt.device)
    lean = capture_point / height.clamp(min=LEAST_HEIGHT)[:, None]
    sideways = (ROLL_GAIN * lean[:, 1] + TRUNK_ROLL_GAIN * tilt[:, 1])[:, None] * both
    hips = TRUNK_PITCH_GAIN * tilt[:, :1] * (both @ legs.hip_pitch)
    hips = hips + legs.turned(sideways, torch.zeros_like(sideways), thigh_pitch)
    ankles = PITCH_GAIN * lean[:, :1] * (both @ legs.ankle_pitch)
    return hips + ankles - ROLL_GAIN * lean[:, 1:] * (both @ legs.ankle_roll)


def leg_lengthening(capture_point: Tensor, height: Tensor) -> Tensor:
    """How much longer the left and the right leg become, (N, 2) [m], so that the one outside bears more.

    capture_point: (N, 2) as `CapturePoint.of`; height: (N,) of the pelvis [m]
    """
    gain = (LENGTH_SLOPE * (STRAIGHT_HEIGHT - height)).clamp(0.0, LENGTH_GAIN)
    left = gain * capture_point[:, 1]
    return torch.stack((left, -left), 1)
