"""A body that limbs must not enter: a few capsules in the frame where the limbs begin."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class KeepOut:
    """K capsules.

    start, end: (K, 3) of their axes [m]
    radius: (K,) [m], with whatever distance is to be kept
    """

    start: Tensor
    end: Tensor
    radius: Tensor

    def push(self, points: Tensor) -> Tensor:
        """Ways (..., 3) [m] of points (..., 3) out of the capsule that each is deepest in; 0 outside."""
        axis = self.end - self.start
        along = ((points[..., None, :] - self.start) * axis).sum(-1) / axis.square().sum(-1).clamp(min=1e-12)
        nearest = self.start + along.clamp(0.0, 1.0)[..., None] * axis
        away = points[..., None, :] - nearest
        distance = away.norm(dim=-1)
        depth, deepest = (self.radius - distance).max(-1)
        row = deepest[..., None, None].expand(*deepest.shape, 1, 3)
        direction = (away / distance.clamp(min=1e-6)[..., None]).gather(-2, row).squeeze(-2)
        return direction * depth.clamp(min=0.0)[..., None]

    def pushed(self, points: Tensor, passes: int = 2) -> Tensor:
        """Points (..., 3) moved out; after the first pass another capsule may be in the way."""
        for _ in range(passes):
            points = points + self.push(points)
        return points
