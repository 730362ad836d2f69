"""`KeepOut` for one point at a time: for one robot alone, tensors would cost more than all the rest."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from robolearn.kinematics.keep_out import KeepOut

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class PointKeepOut:
    """K capsules; see `KeepOut`."""

    start: Vector
    axis: Vector
    radius: Vector

    @classmethod
    def of(cls, keep_out: KeepOut) -> Self:
        """The same capsules."""
        start, end = keep_out.start.double().numpy(), keep_out.end.double().numpy()
        return cls(start, end - start, keep_out.radius.double().numpy())

    def push(self, point: Vector) -> Vector:
        """Way (3,) [m] of a point (3,) out of the capsule that it is deepest in; 0 outside."""
        along = ((point - self.start) * self.axis).sum(1) / np.maximum((self.axis**2).sum(1), 1e-12)
        away = point - self.start - np.clip(along, 0.0, 1.0)[:, None] * self.axis
        distance = np.sqrt((away**2).sum(1))
        deepest = int(np.argmax(self.radius - distance))
        depth = max(0.0, float(self.radius[deepest] - distance[deepest]))
        return away[deepest] * (depth / max(1e-6, float(distance[deepest])))

    def pushed(self, point: Vector, passes: int = 2) -> Vector:
        """The point (3,) moved out; after the first pass another capsule may be in the way."""
        for _ in range(passes):
            point = point + self.push(point)
        return point
