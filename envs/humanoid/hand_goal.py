"""Hands on their way to a goal that may change at any time: where they should be now and in a moment."""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.reach.references import Hands, slerp
from robolearn.rotations import axis_angle_from_quaternion, conjugate, multiply

SPEED, TURNING = 0.2, 0.8
"""Of a reference that goes to its goal [m/s, rad/s]; chosen, as the generator's trajectories mostly are."""

FARTHEST_AHEAD: Final = 0.25
"""Of a reference from the hand that follows it [m]; chosen: it waits for who is late."""


def towards(start: Hands, goal: Hands, seconds: float | Tensor) -> Hands:
    """Hands (..., 2, 3) and (..., 2, 4) that have gone so long [s] from one to the other, straight on.

    seconds: one for all, or (..., 1, 1)
    """
    way = goal.position - start.position
    share = _share(way.norm(dim=-1, keepdim=True), SPEED * seconds)
    turn = axis_angle_from_quaternion(multiply(goal.quaternion, conjugate(start.quaternion)))
    turned = _share(turn.norm(dim=-1, keepdim=True), TURNING * seconds)
    return Hands(start.position + share * way, slerp(start.quaternion, goal.quaternion, turned))


def _share(whole: Tensor, part: float | Tensor) -> Tensor:
    return (part / whole.clamp(min=1e-9)).clamp(max=1.0)


class HandGoal:
    """References of both hands of one robot, in whatever frame its goals are in.

    reference: (1, 2, 3) [m] and (1, 2, 4), where hands should be now
    """

    def __init__(self, period: float) -> None:
        """period: of control [s]."""
        self._period = period
        self.reference: Hands | None = None

    def reset(self) -> None:
        """The next reference begins where the hands are."""
        self.reference = None

    def step(self, goal: Hands, measured: Hands) -> None:
        """One control step towards a goal with hands that are measured, (1, 2, ...) each."""
        start = measured if self.reference is None else self.reference
        late = (start.position - measured.position).norm(dim=-1).amax() > FARTHEST_AHEAD
        self.reference = start if bool(late) else towards(start, goal, self._period)

    def ahead(self, goal: Hands, steps: Sequence[int]) -> list[Hands]:
        """The references in so many control steps each, after the first `step`."""
        assert self.reference is not None
        seconds = self._period * torch.tensor(steps)[:, None, None]
        found = towards(self.reference, goal, seconds)
        return [Hands(*both) for both in zip(*(part.split(1) for part in found), strict=True)]

    @property
    def period(self) -> float:
        """Of control [s]."""
        return self._period


def hands_of(vector: Tensor) -> Hands:
    """(1, 2, 3) and (1, 2, 4) of a vector (14,): place [m] and quaternion, w first, of either hand."""
    both = vector.view(1, 2, 7)
    quaternion = both[..., 3:]
    return Hands(both[..., :3], quaternion / torch.linalg.vector_norm(quaternion, dim=-1, keepdim=True))
