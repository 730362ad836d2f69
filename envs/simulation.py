"""A batch of MuJoCo worlds behind one small interface, its arrays shared with torch."""

import copy
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import mujoco
import numpy as np
import torch
from mujoco.batch import Batch, SimulationError
from numpy.typing import NDArray
from torch import Tensor

from envs.physics import Physics
from robolearn.errors import UserError

_DIVERGENCE = [
    mujoco.mjtWarning.mjWARN_BADQPOS.value,
    mujoco.mjtWarning.mjWARN_BADQVEL.value,
    mujoco.mjtWarning.mjWARN_BADQACC.value,
    mujoco.mjtWarning.mjWARN_BADCTRL.value,
]


class Simulation(Physics):
    """`num_worlds` worlds of one model, stepped in C on `num_threads` threads (0: all cores), in float64.

    A world diverges with a solver warning, a non-finite state or a MuJoCo error.
    """

    def __init__(self, model: mujoco.MjModel, num_worlds: int, num_threads: int, substeps: int) -> None:
        self.model = copy.copy(model)
        self.model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_AUTORESET
        sleeps = bool(self.model.opt.enableflags & mujoco.mjtEnableBit.mjENBL_SLEEP)
        self.batch = Batch(self.model, num_worlds, num_threads, persistent=sleeps)
        self.num_worlds = num_worlds
        self.substeps = substeps
        self.device = torch.device("cpu")
        self.fault = torch.zeros(num_worlds, dtype=torch.bool)
        self._views: dict[str, Tensor] = {}
        self._own_fields: dict[str, NDArray[Any]] = {}
        self._before_step = np.empty_like(self.batch.state)

    def view(self, field: str) -> Tensor:
        """See Physics; float64."""
        if field not in self._views:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                self._views[field] = torch.from_numpy(self.batch.bind(field))
        return self._views[field]

    def expand(self, field: str) -> Tensor:
        """A live (num_worlds, ...) view of an MjModel field with a value for each world.

        Where bodies may sleep, MuJoCo places those that are fixed to the world in `reset` only: write their
        poses before it.
        """
        self._own_fields[field] = self.batch.expand(field)
        return torch.from_numpy(self._own_fields[field])

    def set_const(self, worlds: Tensor) -> None:
        """See Physics."""
        self.batch.set_const(worlds.numpy())

    def delay_actions(self, worlds: Tensor, late: Tensor) -> None:
        """See Physics; "actuator_delay" has to be expanded."""
        delay = torch.from_numpy(self._own_fields["actuator_delay"])
        delay[worlds] = (late * float(self.model.opt.timestep)).double()[:, None]

    def reset(self, worlds: Tensor) -> None:
        """See Physics."""
        self.fault[worlds] = False
        self.batch.reset(worlds.numpy(), stage=mujoco.mjtStage.mjSTAGE_NONE.value)

    def forward(self, worlds: Tensor) -> None:
        """See Physics."""
        self.batch.forward(worlds.numpy(), stage=mujoco.mjtStage.mjSTAGE_VEL.value)

    def remember(self) -> None:
        """See Physics."""
        np.copyto(self._before_step, self.batch.state)

    def step(self, worlds: Tensor, substeps: int) -> None:
        """See Physics."""
        running = worlds[~self.fault[worlds]]
        if not len(running):
            return
        try:
            self.batch.step(running.numpy(), nstep=substeps, stage=mujoco.mjtStage.mjSTAGE_VEL.value)
        except SimulationError as error:
            self.fault[torch.as_tensor(error.ids, dtype=torch.int64)] = True
        self._mark_divergence()

    def state(self) -> Tensor:
        """See Physics."""
        return torch.from_numpy(self.batch.state).clone()

    def put_state(self, state: Tensor) -> None:
        """See Physics."""
        self.batch.state[:] = state.numpy()

    def fault_content(self, world: int) -> Mapping[str, NDArray[Any]]:
        """See Physics; for `replay_fault`."""
        fields = {f"model.{name}": values[world] for name, values in self._own_fields.items()}
        return {"before": self._before_step[world], "after": self.batch.state[world], **fields}

    def replay_fault(self, path: Path, world: int = 0) -> None:
        """Put `world` where a dumped one was before it diverged, ready to be stepped again.

        Raises UserError for a file that is no dump of this model.
        """
        try:
            with np.load(path, allow_pickle=False) as dump:
                for name, values in self._own_fields.items():
                    values[world] = dump[f"model.{name}"]
                self.reset(torch.tensor([world]))
                self.batch.state[world] = dump["before"]
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise UserError(f"{path} is not a fault of this model: {error}") from error
        self.forward(torch.tensor([world]))

    def data(self, world: int) -> mujoco.MjData:
        """A copy of one world as MjData, for rendering or any `mj_` function."""
        return self.batch.get_data(world)

    def _mark_divergence(self) -> None:
        counts = self.batch.warning[:, _DIVERGENCE, 1]
        diverged = (counts > 0).any(axis=1)
        if diverged.any():
            self.fault |= torch.from_numpy(diverged)
