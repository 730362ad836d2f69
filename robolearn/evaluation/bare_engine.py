"""Records what an environment asks of the physics engine, and repeats it without the environment."""

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import MODEL_FIELDS, Batch, SimulationError
from numpy.typing import NDArray


@dataclass(frozen=True)
class Inputs:
    """What the K worlds of a call start from: state rows (K, S), and model fields of their own, (K, ...)."""

    rows: NDArray[np.float64]
    fields: dict[str, NDArray[Any]]

    def equal(self, other: "Inputs") -> bool:
        """Bit for bit."""
        return (
            self.fields.keys() == other.fields.keys()
            and np.array_equal(self.rows, other.rows)
            and all(np.array_equal(value, other.fields[name]) for name, value in self.fields.items())
        )


@dataclass(frozen=True)
class Call:
    """One call on a batch.

    kind: reset, forward or step
    worlds: (K,) indices
    substeps: of a step; 0 otherwise
    stage: the `mjtStage` computed at the end
    """

    kind: str
    worlds: NDArray[np.int64]
    substeps: int
    stage: int
    inputs: Inputs


class RecordingBatch:
    """Passes everything on to a `Batch`, and notes the calls that change its worlds.

    Consecutive steps between which the caller changed nothing are noted as one.
    recording_s: time spent on taking notes [s], for the caller to subtract
    """

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._own_fields = _fields_by_world(batch)
        self._calls: list[Call] = []
        self._after: Inputs | None = None
        self.recording_s = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def reset(self, ids: NDArray[np.int64], stage: int) -> None:
        """See Batch.reset."""
        self._note("reset", ids, 0, stage)
        self._batch.reset(ids, stage=stage)

    def forward(self, ids: NDArray[np.int64], stage: int) -> None:
        """See Batch.forward."""
        self._note("forward", ids, 0, stage)
        self._batch.forward(ids, stage=stage)

    def set_const(self, ids: NDArray[np.int64]) -> None:
        """See Batch.set_const; fields that follow from others may have values for each world from now on."""
        self._batch.set_const(ids)
        begin = time.perf_counter()
        self._own_fields = _fields_by_world(self._batch)
        self.recording_s += time.perf_counter() - begin

    def step(self, ids: NDArray[np.int64], nstep: int, stage: int) -> None:
        """See Batch.step."""
        self._note("step", ids, nstep, stage)
        try:
            self._batch.step(ids, nstep=nstep, stage=stage)
        finally:
            begin = time.perf_counter()
            self._after = self._inputs(ids)
            self.recording_s += time.perf_counter() - begin

    def take(self) -> list[Call]:
        """The calls since the last `take`."""
        calls, self._calls = self._calls, []
        return calls

    def _note(self, kind: str, ids: NDArray[np.int64], substeps: int, stage: int) -> None:
        begin = time.perf_counter()
        call = Call(kind, np.array(ids), substeps, int(stage), self._inputs(ids))
        last = self._calls[-1] if self._calls else None
        if last is not None and self._continues(last, call):
            merged = last.substeps + substeps
            self._calls[-1] = Call(kind, call.worlds, merged, call.stage, last.inputs)
        else:
            self._calls.append(call)
        self.recording_s += time.perf_counter() - begin

    def _continues(self, last: Call, call: Call) -> bool:
        return (
            last.kind == call.kind == "step"
            and np.array_equal(last.worlds, call.worlds)
            and self._after is not None
            and self._after.equal(call.inputs)
        )

    def _inputs(self, ids: NDArray[np.int64]) -> Inputs:
        fields = {name: self._batch.expand(name)[ids] for name in self._own_fields}
        return Inputs(self._batch.state[ids], fields)


class BareEngine:
    """A batch like another one, that repeats its calls: the same physics, to the same bits."""

    def __init__(self, like: Batch) -> None:
        self.batch = Batch(like.model, like.nsim, like.nthread, persistent=like.persistent)

    def repeat(self, calls: Iterable[Call]) -> tuple[float, int]:
        """Seconds in `Batch.step` alone, and the physics steps of all worlds that it made in them."""
        seconds, steps = 0.0, 0
        for call in calls:
            self._put(call)
            begin = time.perf_counter()
            with contextlib.suppress(SimulationError):
                self._run(call)
            if call.kind == "step":
                seconds += time.perf_counter() - begin
                steps += call.substeps * len(call.worlds)
        return seconds, steps

    def _put(self, call: Call) -> None:
        if call.kind != "reset":
            self.batch.state[call.worlds] = call.inputs.rows
        for name, values in call.inputs.fields.items():
            self.batch.expand(name)[call.worlds] = values

    def _run(self, call: Call) -> None:
        if call.kind == "step":
            self.batch.step(call.worlds, nstep=call.substeps, stage=mujoco.mjtStage.mjSTAGE_NONE.value)
        elif call.kind == "forward":
            self.batch.forward(call.worlds, stage=call.stage)
        else:
            self.batch.reset(call.worlds, stage=call.stage)


def _fields_by_world(batch: Batch) -> list[str]:
    """Names of the model fields that have a value for each world."""
    # The stubs, which are for MuJoCo 3.17, do not know `expanded` yet.
    return [name for name in MODEL_FIELDS if batch.expanded(name) is not None]  # pyright: ignore[reportCallIssue]
