"""From the workspace of a source's robot into that of the Unitree G1 (TrajBooster, arXiv 2509.11839).

Distances ahead are aligned by z-score, distances to the side scaled with the arms, heights clipped; x and y
are relative to the initial base, z to the ground.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from robolearn.errors import UserError
from robolearn.policies.typed_json import from_json
from robolearn.retarget.quaternions import multiply
from robolearn.retarget.reach import Stretch, beyond_reach, stretches
from robolearn.retarget.resampling import resample
from robolearn.retarget.statistics import G1_FORWARD, ForwardStatistics
from robolearn.retarget.trajectory import HandTrajectory
from robolearn.storage import read_json, write_json

FORMAT: Final = "robolearn hand mapping 1"

SIDE_SCALE: Final = 0.6667
"""Of y: the ratio of the arms' lengths that the paper gives."""

LOWEST: Final = 0.15
HIGHEST: Final = 1.25
"""Of the hands above the ground [m], the paper's."""

RATE: Final = 50.0
"""Of the G1's controllers [Hz], and of the paper's retargeting."""

_UNIT_TOLERANCE: Final = 1e-6

_FITTED_TO: Final = "fitted_to"
"""Entry of a file: fingerprint of the source."""


@dataclass(frozen=True)
class WorkspaceMapping:
    """What is done to a trajectory; it goes with whatever is made of it.

    source: of all trajectories of the source, fitted once
    target: the G1's
    side_scale: of y
    lowest, highest: of the hands above the ground [m]
    flange_to_wrist: the G1's wrist in the source's flange, a quaternion, w first. How AgiBot's flange is
        turned against the G1's wrist nobody published: identity takes orientations as they are, as the
        published code does
    rate: `RATE`, for whoever reads it [Hz]
    """

    source: ForwardStatistics
    target: ForwardStatistics = G1_FORWARD
    side_scale: float = SIDE_SCALE
    lowest: float = LOWEST
    highest: float = HIGHEST
    flange_to_wrist: list[float] = field(default_factory=lambda: [1.0, 0.0, 0.0, 0.0])
    rate: float = RATE

    def check(self, origin: str) -> None:
        """Raise UserError, which names `origin` and the entry, for numbers that make no sense."""
        self.source.check(f"{origin}.source")
        self.target.check(f"{origin}.target")
        if not 0 < self.side_scale < math.inf:
            raise UserError(f"{origin}.side_scale is {self.side_scale}, expected more than 0")
        if self.rate != RATE:
            raise UserError(f"{origin}.rate is {self.rate}, expected {RATE:g}, that of the G1's controllers")
        if not -math.inf < self.lowest < self.highest < math.inf:
            raise UserError(f"{origin}: lowest is {self.lowest}, expected less than highest, {self.highest}")
        check_unit_quaternion(f"{origin}.flange_to_wrist", self.flange_to_wrist)

    def to_json(self) -> dict[str, Any]:
        """As `from_json` takes it."""
        return {"format": FORMAT, **dataclasses.asdict(self)}


@dataclass(frozen=True)
class MappedTrajectory:
    """A trajectory for the G1, and where it is not what the source's robot did.

    trajectory: wrists in the frame that stands on the ground below the G1's initial pelvis
    clipped: stretches whose height was changed, of frames of `trajectory`
    unreachable: stretches that no crouch of the G1 reaches without a step
    """

    trajectory: HandTrajectory
    clipped: list[Stretch]
    unreachable: list[Stretch]


def map_to_g1(trajectory: HandTrajectory, mapping: WorkspaceMapping) -> MappedTrajectory:
    """The source's trajectory in the G1's workspace and at its rate. Raises UserError if it is too short."""
    moved = resample(trajectory, mapping.rate)
    position = moved.hand_position
    # The spline may overshoot between frames: heights are clipped last.
    height = np.clip(position[..., 2], mapping.lowest, mapping.highest)
    wrist_position = np.stack(
        (aligned_ahead(position[..., 0], mapping), position[..., 1] * mapping.side_scale, height), -1
    )
    offset = np.broadcast_to(mapping.flange_to_wrist, moved.hand_quaternion.shape).copy()
    wrists = dataclasses.replace(
        moved, hand_position=wrist_position, hand_quaternion=multiply(moved.hand_quaternion, offset)
    )
    return MappedTrajectory(
        trajectory=wrists,
        clipped=stretches(height != position[..., 2]),
        unreachable=stretches(beyond_reach(wrist_position)),
    )


def aligned_ahead(ahead: NDArray[np.float64], mapping: WorkspaceMapping) -> NDArray[np.float64]:
    """Distances ahead (...) [m]: the source's mean and standard deviation become the target's."""
    return (ahead - mapping.source.mean) / mapping.source.std * mapping.target.std + mapping.target.mean


def check_unit_quaternion(name: str, value: Sequence[float]) -> None:
    """Raises UserError, which names the value, unless it is one."""
    if len(value) != 4 or not abs(math.hypot(*value) - 1) < _UNIT_TOLERANCE:
        raise UserError(f"{name} is {list(value)}, expected a unit quaternion, w first")


def save_mapping(path: Path, mapping: WorkspaceMapping, fingerprint: str | None = None) -> None:
    """Write the mapping as JSON, atomically. Raises UserError when it makes no sense.

    fingerprint: of the source that it was fitted to
    """
    mapping.check("mapping")
    write_json(path, mapping.to_json() | ({} if fingerprint is None else {_FITTED_TO: fingerprint}))


def fitted_mapping(path: Path, fingerprint: str) -> WorkspaceMapping | None:
    """What was saved there if it was fitted to the source of that fingerprint. Raises as `load_mapping`."""
    if not path.is_file() or read_json(path).get(_FITTED_TO) != fingerprint:
        return None
    return load_mapping(path)


def load_mapping(path: Path) -> WorkspaceMapping:
    """The mapping that `save_mapping` wrote. Raises UserError, which names the entry, for anything else."""
    return mapping_from_json(read_json(path), str(path))


def mapping_from_json(value: dict[str, Any], origin: str) -> WorkspaceMapping:
    """The mapping from what `to_json` made; `origin` names it in the UserError that anything else raises."""
    if value.get("format") != FORMAT:
        raise UserError(f"{origin} has format {value.get('format')!r}, expected '{FORMAT}'")
    entries = {name: entry for name, entry in value.items() if name not in ("format", _FITTED_TO)}
    mapping = from_json(WorkspaceMapping, entries, origin)
    mapping.check(origin)
    return mapping
