"""What a task's vectors mean: names, units, rates. Checkpoints and datasets carry these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class VectorSpec:
    """Ordered entries of a flat vector.

    names: one per entry, such as "ee_position_in_robot.x"
    units: one per entry, such as "m", "rad/s" or "1"
    """

    names: tuple[str, ...]
    units: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.names) != len(self.units):
            raise ValueError(f"{len(self.names)} names but {len(self.units)} units")
        if len(set(self.names)) != len(self.names):
            raise ValueError("entry names must be unique")

    @property
    def size(self) -> int:
        """Number of entries."""
        return len(self.names)

    def to_json(self) -> dict[str, list[str]]:
        """As a JSON object."""
        return {"names": list(self.names), "units": list(self.units)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "VectorSpec":
        """From the object that `to_json` made. Raises KeyError or ValueError on a foreign one."""
        return cls(names=tuple(value["names"]), units=tuple(value["units"]))


@dataclass(frozen=True)
class TaskSpec:
    """Everything about a task that a policy must agree with.

    name: the task's name on the command line, such as "one_leg"
    observation, action: the flat vectors that `step` returns and takes
    control_rate_hz: actions a second
    max_episode_steps: control steps after which an episode is truncated
    phases: names of the task's stages, in order; `Transition.phase` indexes them
    frames: pose of each frame that entries are named for ("..._in_tag"), in one root frame that all share:
        x, y, z [m], then the quaternion w, x, y, z
    gains: of the servos behind actions that are joint targets, by joint: stiffness [N m/rad] and damping
        [N m s/rad]
    """

    name: str
    observation: VectorSpec
    action: VectorSpec
    control_rate_hz: float
    max_episode_steps: int
    phases: tuple[str, ...]
    frames: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    gains: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "name": self.name,
            "observation": self.observation.to_json(),
            "action": self.action.to_json(),
            "control_rate_hz": self.control_rate_hz,
            "max_episode_steps": self.max_episode_steps,
            "phases": list(self.phases),
            "frames": {name: list(pose) for name, pose in self.frames.items()},
            "gains": {name: list(gain) for name, gain in self.gains.items()},
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "TaskSpec":
        """From the object that `to_json` made. Raises KeyError, TypeError or ValueError on a foreign one."""
        return cls(
            name=str(value["name"]),
            observation=VectorSpec.from_json(value["observation"]),
            action=VectorSpec.from_json(value["action"]),
            control_rate_hz=float(value["control_rate_hz"]),
            max_episode_steps=int(value["max_episode_steps"]),
            phases=tuple(value["phases"]),
            frames={name: _pose(pose) for name, pose in value["frames"].items()},
            gains={name: _gain(gain) for name, gain in value.get("gains", {}).items()},
        )


def _gain(values: Sequence[float]) -> tuple[float, float]:
    stiffness, damping = values
    return float(stiffness), float(damping)


def _pose(values: Sequence[float]) -> tuple[float, ...]:
    if len(values) != 7:
        raise ValueError(f"a frame's pose has 7 numbers, not {len(values)}")
    return tuple(float(value) for value in values)
