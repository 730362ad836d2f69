"""A batch of worlds in MuJoCo Warp, on a GPU, its arrays shared with torch.

Float32, and not to the same bits from one run to the next. Needs the extra "gpu".
"""

import copy
import importlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import mujoco
import torch
from numpy.typing import NDArray
from torch import Tensor

from envs.physics import Physics
from robolearn.errors import UserError

_STATE: Final = ("qpos", "qvel", "qacc_warmstart", "ctrl", "time", "history")
"""Of MjData: all that decides how worlds go on; forces from outside are set in every control step."""

_CLEARED: Final = ("qvel", "qacc_warmstart", "ctrl", "time", "qfrc_applied", "xfrc_applied")
"""Zero in a world that begins."""

_UNKNOWN_FLAGS: Final = mujoco.mjtDisableBit.mjDSBL_MIDPHASE | mujoco.mjtDisableBit.mjDSBL_AUTORESET
"""What they disable, Warp has not."""

_GREATEST: Final = 1e10
"""Of positions and velocities: MuJoCo calls what is beyond divergence, too (mjMAXVAL)."""

CONTACTS, CONSTRAINTS = 24, 128
"""Room for contacts a world (on average), and for constraint rows in each.

Of 64 robots that lie and thrash about, none had more than 14 and 59 at a time."""


class WarpSimulation(Physics):
    """`num_worlds` worlds of one model.

    The derived constants that friction and contacts are softened with (`dof_invweight0`,
    `body_invweight0`) stay the model's where worlds have masses of their own: they would cost as much as
    all the rest.
    """

    def __init__(
        self,
        model: mujoco.MjModel,
        num_worlds: int,
        substeps: int,
        device: torch.device,
        contacts: int = CONTACTS,
        constraints: int = CONSTRAINTS,
    ) -> None:
        """contacts, constraints: room for them, a world. Raises UserError where Warp is not installed."""
        self._warp, self._engine = _packages()
        self.model = copy.copy(model)
        self.model.opt.disableflags &= ~int(_UNKNOWN_FLAGS)
        self.num_worlds, self.substeps, self.device = num_worlds, substeps, device
        self.fault = torch.zeros(num_worlds, dtype=torch.bool, device=device)
        self._on_device = self._warp.get_device(str(device))
        with self._warp.ScopedDevice(self._on_device):
            self._constants = self._engine.put_model(self.model)
            self._data = self._engine.make_data(self.model, num_worlds, nconmax=contacts, njmax=constraints)
        if device.type == "cuda":
            self._constants.opt.graph_conditional = self._warp.is_conditional_graph_supported()
        self._warp.synchronize_device(self._on_device)
        self._views: dict[str, Tensor] = {}
        self._own_fields: dict[str, Tensor] = {}
        self._graphs: dict[str, Any] = {}
        self._start = {name: self.view(name)[0].clone() for name in ("qpos", "history")}
        self._before_step = self.state()

    def view(self, field: str) -> Tensor:
        """See Physics; float32."""
        if field not in self._views:
            self._views[field] = self._warp.to_torch(getattr(self._data, field))
        return self._views[field]

    def expand(self, field: str) -> Tensor:
        """See Physics."""
        shared = getattr(self._constants, field)
        value = self._warp.to_torch(shared)[:1]
        own = value.expand(self.num_worlds, *value.shape[1:]).contiguous().clone()
        setattr(self._constants, field, self._warp.from_torch(own, dtype=shared.dtype))
        self._own_fields[field] = own
        self._graphs.clear()
        if field == "body_mass":
            self.expand("body_subtreemass")
        return own

    def set_const(self, worlds: Tensor) -> None:
        """See Physics: masses of subtrees, of all worlds."""
        self._run("set_const", self._set_const)

    def delay_actions(self, worlds: Tensor, late: Tensor) -> None:
        """See Physics.

        Half a step less: samples are held, and float32 does not tell a time of now less the delay from the
        time of the sample.
        """
        delay = (late - 0.5).clamp(min=0.0) * float(self.model.opt.timestep)
        self._own_fields["actuator_delay"][worlds] = delay.float()[:, None]

    def reset(self, worlds: Tensor) -> None:
        """See Physics."""
        self.fault[worlds] = False
        for name in _CLEARED:
            self.view(name)[worlds] = 0.0
        for name, value in self._start.items():
            self.view(name)[worlds] = value

    def forward(self, worlds: Tensor) -> None:
        """See Physics: positions, of all worlds."""
        self._run("forward", self._forward)

    def step(self, worlds: Tensor, substeps: int) -> None:
        """See Physics. Worlds that are left out are stepped all the same, and put back."""
        waiting = torch.ones_like(self.fault)
        waiting[worlds] = False
        before = self.state() if len(worlds) < self.num_worlds else None
        self._run(f"{substeps} steps", lambda: self._steps(substeps))
        if before is not None:
            self._put(before[waiting], waiting)
            self.forward(worlds)
        self._mark_divergence()

    def remember(self) -> None:
        """See Physics."""
        self._before_step = self.state()

    def state(self) -> Tensor:
        """See Physics."""
        return torch.cat([self.view(name).reshape(self.num_worlds, -1) for name in _STATE], 1)

    def put_state(self, state: Tensor) -> None:
        """See Physics."""
        self._put(state.to(self.device), slice(None))

    def _put(self, state: Tensor, worlds: Tensor | slice) -> None:
        views = [self.view(name) for name in _STATE]
        parts = state.split([view[0].numel() for view in views], 1)
        for view, part in zip(views, parts, strict=True):
            view[worlds] = part.reshape(-1, *view.shape[1:])

    def fault_content(self, world: int) -> Mapping[str, NDArray[Any]]:
        """See Physics."""
        found = {"before": self._before_step[world], "after": self.state()[world]}
        found |= {f"model.{name}": values[world] for name, values in self._own_fields.items()}
        return {name: value.cpu().numpy() for name, value in found.items()}

    def _mark_divergence(self) -> None:
        for name in ("qpos", "qvel"):
            self.fault |= ~(self.view(name).abs() < _GREATEST).all(1)

    def _forward(self) -> None:
        self._engine.kinematics(self._constants, self._data)
        self._engine.com_pos(self._constants, self._data)

    def _steps(self, substeps: int) -> None:
        for _ in range(substeps):
            self._engine.step(self._constants, self._data)
        self._forward()

    def _set_const(self) -> None:
        fixed = self._engine.SetConstGroup.FIXED
        self._engine.set_const(self._constants, self._data, groups=fixed, restore=False)

    def _run(self, name: str, work: Callable[[], None]) -> None:
        """On a GPU as one graph, since launching kernels one by one takes longer than they do.

        It is launched in torch's stream, so that neither has to wait for the other by hand.
        """
        if self.device.type == "cpu":
            with self._warp.ScopedDevice(self._on_device):
                work()
            return
        if name not in self._graphs:
            self._graphs[name] = self._captured(work)
        stream = self._warp.stream_from_torch(torch.cuda.current_stream(self.device))
        self._warp.capture_launch(self._graphs[name], stream=stream)

    def _captured(self, work: Callable[[], None]) -> Any:
        """A graph of `work`, which is done once before, so that its kernels are compiled and loaded."""
        state = self.state()
        torch.cuda.synchronize(self.device)
        with self._warp.ScopedDevice(self._on_device):
            work()
        self._warp.synchronize_device(self._on_device)
        with self._warp.ScopedDevice(self._on_device), self._warp.ScopedCapture() as capture:
            work()
        self._warp.synchronize_device(self._on_device)
        self.put_state(state)
        return capture.graph


def _packages() -> tuple[Any, Any]:
    """Warp and MuJoCo Warp, imported where no type checker looks for them."""
    try:
        warp = importlib.import_module("warp")
        warp.config.quiet = True
        # Native code, which no driver is too old for or has to compile once more.
        warp.config.cuda_output = "cubin"
        warp.init()
        return warp, importlib.import_module("mujoco_warp")
    except ImportError as error:
        raise UserError(f"physics=warp: {error}; pip install robolearn[gpu]") from error
