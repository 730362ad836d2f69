"""`meta/modality.json`: which entries of a column are which part of the body, as GR00T's loader reads it.

Keys and slices (`start` up to, not including, `end`) follow Isaac GR00T's description of its data format; an
entry without `original_key` there would be of `observation.state` or `action`.
"""

from collections.abc import Sequence
from typing import Any, Final

from robolearn.retarget.output.shape import CAMERAS, Shape
from robolearn.retarget.retargeted import ARMS, COLUMNS, FINGERS, LEGS, WAIST
from robolearn.retarget.trajectory import HANDS

MODALITY: Final = "meta/modality.json"

_STATE: Final = "observation.state"
_ACTION: Final = "action"
_LEGS_AND_WAIST: Final = "action.legs_and_waist"
_COMMAND: Final = "command."


def modality(shape: Shape) -> dict[str, Any]:
    """The description of a dataset of triplets. The state has no `base_motion`: it is a command."""
    state = {part: _slice(_STATE, joints) for part, joints in _parts().items()}
    action = {part: _action(joints) for part, joints in _parts().items()}
    command = [name for name in COLUMNS[_ACTION].names if name.startswith(_COMMAND)]
    action["base_motion"] = _slice(_ACTION, command)
    videos = {video.key.removeprefix(CAMERAS): {"original_key": video.key} for _, video in shape.videos}
    annotation = {"human.action.task_description": {"original_key": "task_index"}}
    return {"state": state, "action": action, "video": videos, "annotation": annotation}


def _parts() -> dict[str, Sequence[str]]:
    """Joints of each part of the body."""
    groups = {"arm": ARMS, "hand": FINGERS, "leg": LEGS}
    parts: dict[str, Sequence[str]] = {
        f"{side}_{name}": [joint for joint in joints if joint.startswith(side)]
        for name, joints in groups.items()
        for side in HANDS
    }
    return parts | {"waist": WAIST}


def _action(joints: Sequence[str]) -> dict[str, Any]:
    targets = [f"{joint}.target" for joint in joints]
    return _slice(_ACTION if targets[0] in COLUMNS[_ACTION].names else _LEGS_AND_WAIST, targets)


def _slice(column: str, names: Sequence[str]) -> dict[str, Any]:
    start = COLUMNS[column].names.index(names[0])
    return {"start": start, "end": start + len(names), "original_key": column}
