"""What a task's vectors mean: names, units, rates. Checkpoints and datasets carry these."""

from dataclasses import dataclass
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
    """

    name: str
    observation: VectorSpec
    action: VectorSpec
    control_rate_hz: float
    max_episode_steps: int
    phases: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "name": self.name,
            "observation": self.observation.to_json(),
            "action": self.action.to_json(),
            "control_rate_hz": self.control_rate_hz,
            "max_episode_steps": self.max_episode_steps,
            "phases": list(self.phases),
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
        )
