"""Left and right exchanged: what a mirrored observation or action of the G1 is.

Follows from entries' names: "left_" and "right_" change places; what turns about an axis of the mirror plane,
or points across it, changes its sign. Entries of vectors and matrices end in axes, such as ".y" or ".xy".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from torch import Tensor

_FLIPPED_JOINTS: Final = ("_roll_", "_yaw_")
"""Joints that turn about x or z: their axes lie in the mirror plane."""

_FLIPPED: Final = frozenset(
    {
        "command.velocity_y",
        "command.yaw_rate",
        # A gait half a period later has left and right exchanged.
        "gait.sine",
        "gait.cosine",
        "torso_com_y",
        "yaw_rate_bias",
    }
)

_AXIAL: Final = "angular_velocity"
"""In the names of vectors that turn: the mirror negates what it keeps of others."""


@dataclass(frozen=True)
class Mirror:
    """A signed permutation that is its own inverse.

    places: entry i of the mirrored vector is `signs[i]` times entry `places[i]`
    signs: of 1 and -1
    """

    places: tuple[int, ...]
    signs: tuple[float, ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> "Mirror":
        """Of a vector whose entries have these names. Raises ValueError where a side lacks its other one."""
        index = {name: place for place, name in enumerate(names)}
        partners = [_partner(name) for name in names]
        if missing := [name for name in partners if name not in index]:
            raise ValueError(f"no entry '{missing[0]}' to mirror with")
        places = tuple(index[name] for name in partners)
        return cls(places, tuple(-1.0 if _flips(name) else 1.0 for name in names))

    def repeated(self, count: int) -> "Mirror":
        """Of `count` such vectors one after the other."""
        size = len(self.places)
        places = tuple(block * size + place for block in range(count) for place in self.places)
        return Mirror(places, self.signs * count)

    def joined(self, other: "Mirror") -> "Mirror":
        """Of this vector followed by the other one."""
        shifted = tuple(len(self.places) + place for place in other.places)
        return Mirror(self.places + shifted, self.signs + other.signs)

    def apply(self, value: Tensor) -> Tensor:
        """Vectors (..., D) mirrored."""
        return value[..., list(self.places)] * value.new_tensor(self.signs)


def _partner(name: str) -> str:
    for side, other in (("left_", "right_"), ("right_", "left_")):
        if name.startswith(side):
            return other + name.removeprefix(side)
    return name


def _flips(name: str) -> bool:
    if name in _FLIPPED or any(axis in name for axis in _FLIPPED_JOINTS):
        return True
    axes = name.rpartition(".")[2]
    if not axes or set(axes) - set("xyz"):
        return False
    return (axes.count("y") % 2 == 1) != (_AXIAL in name)
