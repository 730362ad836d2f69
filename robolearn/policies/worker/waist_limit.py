"""How low a robot squats that bears more than its waist can hold there: not so low.

Low squats lean forward, and a nominal torso takes 15 of the waist's 35 N m there, a heavy one whose centre of
mass is ahead all of them: it folds forward, and no step catches it. It stands higher, where it leans less.
"""

import math
from collections.abc import Sequence
from typing import Final

from torch import Tensor

from robolearn.policies.worker.balancing import GRAVITY
from robolearn.policies.worker.scaling import TORSO_COM_SCALE, TORSO_PAYLOAD_SCALE

TORSO_MASS: Final = 7.8
TORSO_COM_OVER_WAIST: Final = 0.18
"""Mass [kg] of the nominal torso, and height [m] of its centre of mass over the waist's pitch axis (Unitree's
g1_29dof URDF)."""

SQUAT_LEAN: Final = 0.75
"""Pitch of the pelvis in low squats [rad]; see `WorkerPolicy.leans`."""

BEARABLE, UNBEARABLE = 4.0, 12.0
"""What the waist bears in such a squat beyond a nominal torso [N m]: up to the first a robot squats as it is
told, from the second on down to `HIGHEST` only. Chosen on 500 episodes of seed 31 at full randomisation with
the worker of d56634b, of which 11 fell without this, 5 with it, and 6 from 8 to 16 N m down to 0.62 m. Of 500
of seed 53 4 instead of 9 fell."""

LOWEST, HIGHEST = 0.28, 0.66
"""Least heights [m] of robots that bear no more than the first and as much as the second; chosen."""

FOLLOWING_SECONDS: Final = 1.0
"""Time constant [s] with which the least height follows the estimates; chosen: they are noisy, and a robot
moves with its height."""


class WaistLimit:
    """Least heights of the pelvis, from estimates of what the torso weighs."""

    def __init__(self, estimated: Sequence[str], control_period: float) -> None:
        """estimated: names of E entries; control_period: between two estimates [s]."""
        self._payload = estimated.index("torso_payload")
        self._ahead = estimated.index("torso_com_x")
        self._share = control_period / FOLLOWING_SECONDS

    def following(self, strain: Tensor, estimate: Tensor) -> Tensor:
        """The next strain (N,), 0 to 1, of the one before, zeros at first, and estimates (N, E)."""
        load = excess_load(
            estimate[:, self._payload] / TORSO_PAYLOAD_SCALE, estimate[:, self._ahead] / TORSO_COM_SCALE
        )
        now = ((load - BEARABLE) / (UNBEARABLE - BEARABLE)).clamp(0.0, 1.0)
        return strain + self._share * (now - strain)


def least_height(strain: Tensor) -> Tensor:
    """Heights (N,) [m] that robots under strains (N,) squat down to."""
    return LOWEST + (HIGHEST - LOWEST) * strain


def excess_load(payload: Tensor, ahead: Tensor) -> Tensor:
    """Torques (N,) [N m] on the waist's pitch in a low squat, beyond those of a nominal torso, at the most.

    A centre of mass ahead counts as in an upright torso, a third more than in a low squat.

    payload: (N,) added to the torso [kg]; ahead: (N,) by how much its centre of mass is [m]
    """
    lever = TORSO_COM_OVER_WAIST * math.sin(SQUAT_LEAN)
    return GRAVITY * (payload * lever + (TORSO_MASS + payload) * ahead)
