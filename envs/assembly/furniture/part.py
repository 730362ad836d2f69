"""What a furniture part is made of: inertia and collision primitives, in its body frame."""

from dataclasses import dataclass

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Box:
    """An axis-aligned box in a part's body frame, by two opposite corners [m]."""

    lower: Vector
    upper: Vector

    @property
    def center(self) -> Vector:
        """Centre in the body frame [m]."""
        return _combine(self.lower, self.upper, 1.0)

    @property
    def half_size(self) -> Vector:
        """Half edge lengths [m]."""
        return _combine(self.upper, self.lower, -1.0)


@dataclass(frozen=True)
class Inertia:
    """Mass [kg], centre of mass in the body frame [m], principal moments about it [kg m^2]."""

    mass: float
    center_of_mass: Vector
    moments: Vector


def _combine(first: Vector, second: Vector, sign: float) -> Vector:
    x, y, z = ((a + sign * b) / 2 for a, b in zip(first, second, strict=True))
    return (x, y, z)
