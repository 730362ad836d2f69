"""What retargeting makes of an episode: states and actions of the G1, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from robolearn.policies.worker.command import COMMAND
from robolearn.retarget.trajectory import HANDS, Clip
from robolearn.specification import VectorSpec

LEGS: Final = tuple(
    f"{side}_{joint}_joint"
    for side in HANDS
    for joint in ("hip_pitch", "hip_roll", "hip_yaw", "knee", "ankle_pitch", "ankle_roll")
)
WAIST: Final = ("waist_yaw_joint", "waist_roll_joint", "waist_pitch_joint")
ARMS: Final = tuple(
    f"{side}_{joint}_joint"
    for side in HANDS
    for joint in (
        *("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow"),
        *("wrist_roll", "wrist_pitch", "wrist_yaw"),
    )
)
BODY: Final = LEGS + WAIST + ARMS
"""Slots 0 to 28 of `unitree_hg`, in its published order."""

FINGERS: Final = tuple(
    f"{side}_hand_{finger}_joint"
    for side in HANDS
    for finger in ("thumb_0", "thumb_1", "thumb_2", "middle_0", "middle_1", "index_0", "index_1")
)
"""Of the Dex3 hands, in the published order of their commands."""

_POSE: Final = (*("x", "y", "z"), *("qw", "qx", "qy", "qz"))


def _vector(*parts: tuple[tuple[str, ...], str]) -> VectorSpec:
    names = tuple(name for group, _ in parts for name in group)
    return VectorSpec(names, tuple(unit for group, unit in parts for _ in group))


COLUMNS: Final[Mapping[str, VectorSpec]] = {
    "observation.state": _vector((BODY + FINGERS, "rad")),
    "observation.joint_velocity": _vector((BODY, "rad/s")),
    "observation.imu": _vector(
        (tuple(f"angular_velocity_in_pelvis.{axis}" for axis in "xyz"), "rad/s"),
        (tuple(f"pelvis_in_world.{axis}" for axis in _POSE[3:]), "1"),
    ),
    "observation.pelvis": _vector(
        (tuple(f"pelvis_in_start.{axis}" for axis in _POSE[:3]), "m"),
        (tuple(f"pelvis_in_start.{axis}" for axis in _POSE[3:]), "1"),
    ),
    "action": VectorSpec(
        tuple(f"{name}.target" for name in ARMS + FINGERS) + tuple(f"command.{name}" for name in COMMAND),
        ("rad",) * len(ARMS + FINGERS) + ("m/s", "m/s", "rad/s", "m"),
    ),
    "action.legs_and_waist": _vector((tuple(f"{name}.target" for name in LEGS + WAIST), "rad")),
    "tracking_error": _vector(
        (tuple(f"{side}_hand_position" for side in HANDS), "m"),
        (tuple(f"{side}_hand_orientation" for side in HANDS), "rad"),
    ),
}
"""Columns of the dataset and their entries. `action` has the published layout of 32 (TrajBooster, E.1).

Actions of a row are taken in its state and lead to that of the next row; the last row repeats those before.
"""


@dataclass(frozen=True)
class RetargetedEpisode:
    """T control steps of the G1 that follow an episode of a source.

    name: of the source's episode
    rate: [Hz]
    columns: by name as `COLUMNS`, (T, size) float32 each
    language: what the source's robot was told
    videos: of the source's cameras, as they are; they last as long as the steps
    """

    name: str
    rate: float
    columns: Mapping[str, NDArray[np.float32]]
    language: str
    videos: Mapping[str, Clip]

    def __len__(self) -> int:
        return len(self.columns["action"])
