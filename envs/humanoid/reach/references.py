"""What an episode asks of hands and pelvis, at the rate of control, and the same for a batch of worlds."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
from torch import Tensor

from envs.humanoid.reach.base_reference import HIGHEST, base_reference
from envs.humanoid.reach.walks import walk_path
from robolearn.rotations import multiply, rotate

HOLD_SECONDS, APPROACH_SECONDS = 0.5, 1.5
"""Before the first sample hands rest, then move there. Published: 1 s each (TrajBooster, A.4)."""

LOOK_AHEAD: Final = (0, 5, 10, 15, 20)
"""Control steps (TrajBooster, C.1, and now)."""


class Hands(NamedTuple):
    """Positions (..., 2, 3) [m] and orientations (..., 2, 4), left then right."""

    position: Tensor
    quaternion: Tensor


@dataclass(frozen=True)
class Reference:
    """T control steps in the start frame.

    hands: (T, 2, 3) [m] and (T, 2, 4)
    base: (T, 4) pelvis x, y [m], heading [rad] and height [m]
    """

    hands: Hands
    base: Tensor

    def __len__(self) -> int:
        return len(self.base)


def make_reference(
    position: Tensor, quaternion: Tensor, resting: Hands, rate: float, walk_seed: int | None
) -> Reference:
    """The reference of a trajectory of hands (T, 2, 3) and (T, 2, 4) that begins from `resting` ones.

    rate: of control [Hz]; walk_seed: of a walk that carries it along, None for none
    """
    hold, approach = round(HOLD_SECONDS * rate), round(APPROACH_SECONDS * rate)
    lead = _approach(resting, Hands(position[0], quaternion[0]), hold, approach)
    hands = Hands(torch.cat((lead.position, position)), torch.cat((lead.quaternion, quaternion)))
    place = base_reference(hands.position, rate)
    base = torch.cat((place[:, :2], torch.zeros(len(place), 1), place[:, 2:]), 1)
    if walk_seed is None:
        return Reference(hands, base)
    path = walk_path(walk_seed, base[:, 3], hold + approach, rate)
    return _carried(Reference(hands, base), path)


def _approach(start: Hands, end: Hands, hold: int, steps: int) -> Hands:
    """At `start` for `hold` steps, then to `end` with no jerk at either end."""
    share = torch.cat((torch.zeros(hold), torch.arange(1, steps + 1) / steps))
    share = (share**3 * (10.0 - 15.0 * share + 6.0 * share**2))[:, None, None]
    position = torch.lerp(start.position[None], end.position[None], share)
    return Hands(position, slerp(start.quaternion[None], end.quaternion[None], share))


def slerp(start: Tensor, end: Tensor, share: Tensor) -> Tensor:
    """Quaternions (..., 4) on the shorter way between two, at shares (..., 1)."""
    cosine = (start * end).sum(-1, keepdim=True)
    end = torch.where(cosine < 0.0, -end, end)
    angle = cosine.abs().clamp(max=1.0).acos()
    sine = angle.sin().clamp(min=1e-6)
    straight = torch.lerp(start.expand_as(share * end), end.expand_as(share * end), share)
    round_way = (((1.0 - share) * angle).sin() * start + (share * angle).sin() * end) / sine
    blended = torch.where(angle < 1e-3, straight, round_way)
    return blended / blended.norm(dim=-1, keepdim=True)


def _carried(reference: Reference, path: Tensor) -> Reference:
    """Hands and pelvis moved along a path (T, 3)."""
    half = path[:, 2] / 2
    turn = torch.stack((half.cos(), torch.zeros_like(half), torch.zeros_like(half), half.sin()), 1)
    shift = torch.cat((path[:, :2], torch.zeros(len(path), 1)), 1)
    both = turn[:, None].expand(-1, 2, -1)
    position = rotate(both, reference.hands.position) + shift[:, None]
    base = reference.base.clone()
    base[:, :2] = rotate(turn, torch.cat((base[:, :2], torch.zeros(len(base), 1)), 1))[:, :2] + path[:, :2]
    base[:, 2] += path[:, 2]
    return Reference(Hands(position, multiply(both, reference.hands.quaternion)), base)


class References:
    """Those of N worlds, each as long as its own."""

    def __init__(self, num_worlds: int) -> None:
        self.length = torch.ones(num_worlds, dtype=torch.int64)
        self._position = torch.zeros(num_worlds, 1, 2, 3)
        self._quaternion = torch.zeros(num_worlds, 1, 2, 4)
        self._base = torch.zeros(num_worlds, 1, 4)
        self._quaternion[..., 0], self._base[..., 3] = 1.0, HIGHEST
        self._worlds = torch.arange(num_worlds)

    def put(self, world: int, reference: Reference) -> None:
        """From now on that of `world`."""
        steps = len(reference)
        if steps > self._base.shape[1]:
            self._lengthen(steps)
        self.length[world] = steps
        self._position[world, :steps] = reference.hands.position
        self._quaternion[world, :steps] = reference.hands.quaternion
        self._base[world, :steps] = reference.base

    def _lengthen(self, steps: int) -> None:
        def longer(values: Tensor) -> Tensor:
            shape = (values.shape[0], steps - values.shape[1], *values.shape[2:])
            return torch.cat((values, values.new_zeros(shape)), 1)

        self._position, self._quaternion = longer(self._position), longer(self._quaternion)
        self._base = longer(self._base)

    def hands(self, step: Tensor) -> Hands:
        """At control steps (N,), the last one held."""
        place = torch.minimum(step, self.length - 1)
        return Hands(self._position[self._worlds, place], self._quaternion[self._worlds, place])

    def base(self, step: Tensor) -> Tensor:
        """(N, 4) at control steps (N,), the last one held."""
        return self._base[self._worlds, torch.minimum(step, self.length - 1)]
