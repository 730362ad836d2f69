"""What a task needs of a physics engine: a batch of worlds of one model, its arrays shared with torch."""

import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from robolearn.storage import write_bytes


class Physics(ABC):
    """N worlds of one model.

    A world that diverges is marked in `fault` and stays out of the physics until `reset` names it;
    `dump_fault` writes the state it had before.

    model: of all worlds, where they have no value of their own
    substeps: physics steps a control step
    device: of all tensors that go in and come out
    fault: (N,) bool
    """

    model: mujoco.MjModel
    num_worlds: int
    substeps: int
    device: torch.device
    fault: Tensor

    @property
    def control_period(self) -> float:
        """Simulated time of one control step [s]."""
        return self.substeps * float(self.model.opt.timestep)

    @abstractmethod
    def view(self, field: str) -> Tensor:
        """A live (N, ...) view of an MjData field, in the engine's precision: no copy.

        State fields (qpos, ctrl, ...) may be written; derived ones (xpos, xquat, ...) are current after
        `step` and `forward`, and read-only by convention.
        """

    @abstractmethod
    def expand(self, field: str) -> Tensor:
        """A live (N, ...) view of an MjModel field with a value for each world."""

    @abstractmethod
    def set_const(self, worlds: Tensor) -> None:
        """Make what follows from the named worlds' own fields, (K,) int64, follow from them again."""

    @abstractmethod
    def delay_actions(self, worlds: Tensor, late: Tensor) -> None:
        """Actions of the named worlds, (K,) int64, come `late` (K,) physics steps later.

        "actuator_delay" has to be expanded, and actuators have to keep as many samples and one more.
        """

    @abstractmethod
    def reset(self, worlds: Tensor) -> None:
        """Put the named worlds, (K,) int64 ascending, at the model's defaults; call `forward` next."""

    @abstractmethod
    def forward(self, worlds: Tensor) -> None:
        """Make the derived fields of the named worlds, (K,) int64 ascending, describe their state."""

    @abstractmethod
    def step(self, worlds: Tensor, substeps: int) -> None:
        """Advance the named worlds, (K,) int64 ascending, leaving out those at fault."""

    @abstractmethod
    def remember(self) -> None:
        """Keep the present states, to be dumped if a world diverges before the next call."""

    @abstractmethod
    def state(self) -> Tensor:
        """A copy of all that decides how the worlds go on, besides their own fields: (N, S)."""

    @abstractmethod
    def put_state(self, state: Tensor) -> None:
        """Go on from what `state` gave, on any device; call `forward` next."""

    @abstractmethod
    def fault_content(self, world: int) -> Mapping[str, NDArray[Any]]:
        """By name: a world's state "before" and "after" it diverged, and its own fields as "model.FIELD"."""

    def dump_fault(self, world: int, directory: Path, name: str) -> Path:
        """Write a world's state before and after it diverged, and the model's fields that are its own.

        Returns the file. Errors as `robolearn.storage.disk_errors`.
        """
        path = directory / f"{name}.npz"
        content = io.BytesIO()
        arrays: dict[str, Any] = dict(self.fault_content(world))
        np.savez(content, **arrays)
        write_bytes(path, content.getvalue())
        return path


MakePhysics = Callable[[mujoco.MjModel, int, int], Physics]
"""Worlds of a model: how many, and how many substeps a control step."""
