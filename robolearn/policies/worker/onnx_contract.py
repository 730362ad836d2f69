"""What somebody else's ONNX controller of the G1 expects, as a JSON file beside it.

`contract.json` holds, units as in the task's specification:

    format           "robolearn onnx controller 1"
    joints           that it drives, in the order of its actions
    observed_joints  in the order of joint_positions and joint_velocities
    default_angles   of all these joints, by joint
    action_scale     joint targets are default angles plus this times the action
    stiffness        of its servos, by driven joint; and damping
    inputs           of one frame, in order, from `INPUTS`
    history          frames that the network sees, of control steps that follow each other
    history_order    oldest_first or newest_first; before the release frames are zero
    limits           backward, forward, sideways, yaw_rate of commands, and optionally the planar speed
    scales           optional: factors on inputs, a number or a list of one for each entry; 1 where not named
    targets          optional: what the inputs roll, pitch and yaw say; 0 where not named
    standing_below   optional: norm of the commanded velocities up to which `standing.onnx` acts instead
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from robolearn.errors import UserError, unknown_name
from robolearn.policies.worker.action import owned_joints
from robolearn.policies.worker.drive import VelocityLimits
from robolearn.specification import TaskSpec
from robolearn.storage import read_json

CONTRACT: Final = "contract.json"
FORMAT: Final = "robolearn onnx controller 1"

COMMANDS: Final = ("command.velocity_x", "command.velocity_y", "command.yaw_rate")
TARGETS: Final = ("roll", "pitch", "yaw")
INPUTS: Final = (
    *("gyro", "gravity", "command", "height", *TARGETS),
    *("joint_positions", "joint_velocities", "last_actions"),
)
"""Angular velocity and direction of gravity in the pelvis; commanded velocities and height; constants; joint
angles less their defaults, joint velocities, and the network's last output."""

ORDERS: Final = ("oldest_first", "newest_first")

_REQUIRED: Final = (
    *("format", "joints", "observed_joints", "default_angles", "action_scale", "stiffness", "damping"),
    *("inputs", "history", "history_order", "limits"),
)
_OPTIONAL: Final = ("scales", "targets", "standing_below")
_LIMITS: Final = ("backward", "forward", "sideways", "yaw_rate")


@dataclass(frozen=True)
class OnnxContract:
    """See the module; `scales` has one factor for each entry of each input."""

    joints: tuple[str, ...]
    observed_joints: tuple[str, ...]
    default_angles: Mapping[str, float]
    action_scale: float
    stiffness: Mapping[str, float]
    damping: Mapping[str, float]
    inputs: tuple[str, ...]
    scales: Mapping[str, tuple[float, ...]]
    targets: Mapping[str, float]
    history: int
    newest_first: bool
    limits: VelocityLimits
    standing_below: float | None

    def entries(self, name: str) -> tuple[str, ...]:
        """Names of an input's entries: of the observation, or "target.roll" and "<joint>.last_action"."""
        return _entries(name, self.joints, self.observed_joints)

    @property
    def frame_size(self) -> int:
        """Entries F of a frame."""
        return sum(len(self.entries(name)) for name in self.inputs)


def read_contract(folder: Path, spec: TaskSpec) -> OnnxContract:
    """The contract in a controller's folder, for a task with the G1's vectors.

    Raises UserError, in one line, for the first entry that is missing, unknown or not valid.
    """
    path = folder / CONTRACT
    value = _object(read_json(path), str(path), _REQUIRED, _OPTIONAL)
    if value["format"] != FORMAT:
        raise UserError(f"{path} has format {value['format']!r}, expected '{FORMAT}'")
    owned = owned_joints(spec.action)
    measured = [n.removesuffix(".position") for n in spec.observation.names if n.endswith("_joint.position")]
    joints = _names(value["joints"], owned, "joint", f"{path}: joints")
    observed = _names(value["observed_joints"], measured, "joint", f"{path}: observed_joints")
    inputs = _names(value["inputs"], INPUTS, "input", f"{path}: inputs")
    return OnnxContract(
        joints=joints,
        observed_joints=observed,
        default_angles=_numbers(value["default_angles"], {*joints, *observed}, f"{path}: default_angles"),
        action_scale=_number(value["action_scale"], f"{path}: action_scale"),
        stiffness=_numbers(value["stiffness"], joints, f"{path}: stiffness"),
        damping=_numbers(value["damping"], joints, f"{path}: damping"),
        inputs=inputs,
        scales=_scales(value.get("scales", {}), inputs, joints, observed, f"{path}: scales"),
        targets=dict.fromkeys(TARGETS, 0.0)
        | _numbers(value.get("targets", {}), (), f"{path}: targets", TARGETS),
        history=_count(value["history"], f"{path}: history"),
        newest_first=_choice(value["history_order"], ORDERS, f"{path}: history_order") == "newest_first",
        limits=VelocityLimits(**_numbers(value["limits"], _LIMITS, f"{path}: limits", ("speed",))),
        standing_below=_optional_number(value.get("standing_below"), f"{path}: standing_below"),
    )


def _entries(name: str, joints: Sequence[str], observed: Sequence[str]) -> tuple[str, ...]:
    fixed = {
        "gyro": tuple(f"angular_velocity_in_pelvis.{axis}" for axis in "xyz"),
        "gravity": tuple(f"gravity_in_pelvis.{axis}" for axis in "xyz"),
        "command": COMMANDS,
        "height": ("command.height",),
        "joint_positions": tuple(f"{joint}.position" for joint in observed),
        "joint_velocities": tuple(f"{joint}.velocity" for joint in observed),
        "last_actions": tuple(f"{joint}.last_action" for joint in joints),
    }
    return fixed.get(name, (f"target.{name}",))


def _scales(
    value: Any, inputs: Sequence[str], joints: Sequence[str], observed: Sequence[str], origin: str
) -> dict[str, tuple[float, ...]]:
    given = _object(value, origin, (), inputs)
    found = {}
    for name in inputs:
        count, factors = len(_entries(name, joints, observed)), given.get(name, 1.0)
        if not isinstance(factors, list):
            factors = [factors] * count
        if len(factors) != count:
            raise UserError(f"{origin}.{name} has {len(factors)} numbers, the input has {count} entries")
        found[name] = tuple(_number(factor, f"{origin}.{name}") for factor in factors)
    return found


def _object(value: Any, origin: str, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UserError(f"{origin} is {value!r}, expected an object")
    required = list(required)
    for name in value:
        if name not in (valid := [*required, *optional]):
            raise unknown_name(f"entry in {origin}", name, valid)
    for name in required:
        if name not in value:
            raise UserError(f"{origin} lacks '{name}'")
    return value


def _numbers(
    value: Any, required: Iterable[str], origin: str, optional: Iterable[str] = ()
) -> dict[str, float]:
    given = _object(value, origin, required, optional)
    return {name: _number(number, f"{origin}.{name}") for name, number in given.items()}


def _number(value: Any, origin: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UserError(f"{origin} is {value!r}, expected a number")
    return float(value)


def _optional_number(value: Any, origin: str) -> float | None:
    return None if value is None else _number(value, origin)


def _count(value: Any, origin: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UserError(f"{origin} is {value!r}, expected a whole number of at least 1")
    return value


def _choice(value: Any, valid: Sequence[str], origin: str) -> str:
    if value not in valid:
        raise unknown_name(f"value of {origin}", value, valid)
    return str(value)


def _names(value: Any, valid: Sequence[str], kind: str, origin: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise UserError(f"{origin} is {value!r}, expected a list of names")
    for place, name in enumerate(value):
        if name not in valid:
            raise unknown_name(f"{kind} in {origin}", name, valid)
        if name in value[:place]:
            raise UserError(f"{origin} names '{name}' twice")
    return tuple(value)
