"""`robolearn bench`: how fast an environment is, against the bare physics engine doing the same work."""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from robolearn.checkpoint import code_version
from robolearn.checks import check_at_least, check_positive
from robolearn.environment import BatchedEnvironment, episode_seeds
from robolearn.evaluation.bare_engine import BareEngine, RecordingBatch
from robolearn.evaluation.checks import check_seed, simulation_of
from robolearn.evaluation.controllers import Controller, ControllerChoice
from robolearn.evaluation.hardware import hardware
from robolearn.evaluation.settings import BenchSettings
from robolearn.paths import shipped_checkpoint
from robolearn.storage import write_json

RECORD = "bench.json"

_BLOCK = 8
"""Control steps between two turns of the engine: short enough that noise hits both alike."""

_RESAMPLES = 2000


@dataclass
class Measurement:
    """Wall seconds and physics steps of each block; a block is a turn of the environment and of the engine.

    identical: the engine ended in the environment's states, bit for bit
    """

    environment_s: list[float] = field(default_factory=list)
    engine_s: list[float] = field(default_factory=list)
    physics_steps: list[int] = field(default_factory=list)
    controller_s: float = 0.0
    control_steps: int = 0
    identical: bool = False

    @property
    def seconds(self) -> float:
        """Measured so far, without the controller."""
        return sum(self.environment_s) + sum(self.engine_s)

    def ratio(self) -> tuple[float, tuple[float, float]]:
        """Speed of the environment over that of the engine, and its 95 % bootstrap interval over blocks."""
        environment, engine = np.array(self.environment_s), np.array(self.engine_s)
        picks = np.random.default_rng(0).integers(len(engine), size=(_RESAMPLES, len(engine)))
        ratios = engine[picks].sum(1) / environment[picks].sum(1)
        low, high = np.quantile(ratios, (0.025, 0.975))
        return float(engine.sum() / environment.sum()), (float(low), float(high))


def bench(settings: BenchSettings) -> dict[str, Any]:
    """Measure and write `bench.json`; returns what is in it.

    The environment runs an expert or a policy and restarts finished worlds at once. In turn with it a bare
    `mujoco.batch.Batch` of the same model repeats the same steps from the same states with the same
    controls. Raises UserError for settings that make no sense.
    """
    check_at_least(1, num_envs=settings.num_envs)
    check_at_least(0, num_threads=settings.num_threads)
    check_positive(seconds=settings.seconds)
    check_seed(settings.seed)
    from envs.registry import make_environment

    environment = make_environment(
        settings.task,
        settings.num_envs,
        randomness=settings.randomness,
        disturbance=settings.disturbance,
        num_threads=settings.num_threads,
    )
    try:
        measurement = measure(
            environment, _controller(settings, environment), settings.seconds, settings.seed
        )
        record = _record(settings, environment, measurement)
    finally:
        environment.close()
    write_json(Path(settings.out) / RECORD, record)
    sys.stdout.write(f"{_describe(record)}\n  {Path(settings.out) / RECORD}\n")
    return record


def _controller(settings: BenchSettings, environment: BatchedEnvironment) -> Controller:
    """The checkpoint's policy; without one the task's expert, or the policy that is shipped for it."""
    from envs.registry import make_expert

    checkpoint = settings.checkpoint
    if checkpoint is None:
        shipped = shipped_checkpoint(environment.spec.name)
        if not shipped.is_dir():
            return make_expert(environment)
        checkpoint = str(shipped)
    return ControllerChoice.of(checkpoint, False, "cpu", settings.seed).build(environment)


def measure(
    environment: BatchedEnvironment, controller: Controller, seconds: float, seed: int
) -> Measurement:
    """Run environment and bare engine by turns until both together took `seconds`.

    environment: one with a `simulation`, an `envs.simulation.Simulation`
    """
    simulation = simulation_of(environment)
    engine, recorder = BareEngine(simulation.batch), RecordingBatch(simulation.batch)
    original, simulation.batch = simulation.batch, cast(Any, recorder)
    result = Measurement()
    try:
        driver = _Driver(environment, controller, recorder, seed)
        driver.run(_BLOCK)  # the first turns start threads and fill caches
        engine.repeat(recorder.take())
        with tqdm(total=round(seconds), unit="s", disable=None, leave=False) as bar:
            while result.seconds < seconds:
                _one_block(driver, engine, recorder, result)
                bar.update(round(result.seconds) - bar.n)
        result.control_steps = len(result.environment_s) * _BLOCK * environment.num_envs
    finally:
        simulation.batch = original
    result.identical = bool(np.array_equal(engine.batch.state, original.state))
    return result


def _one_block(driver: "_Driver", engine: BareEngine, recorder: RecordingBatch, result: Measurement) -> None:
    environment_s, controller_s = driver.run(_BLOCK)
    engine_s, steps = engine.repeat(recorder.take())
    result.environment_s.append(environment_s)
    result.engine_s.append(engine_s)
    result.physics_steps.append(steps)
    result.controller_s += controller_s


class _Driver:
    """Runs episodes without an end, all worlds busy, with a clock on the environment alone."""

    def __init__(
        self, environment: BatchedEnvironment, controller: Controller, recorder: RecordingBatch, seed: int
    ) -> None:
        self._environment = environment
        self._controller = controller
        self._recorder = recorder
        self._seed = seed
        self._started = 0
        self._observation = self._start(torch.arange(environment.num_envs))

    def run(self, control_steps: int) -> tuple[float, float]:
        """Wall seconds in the environment, resets included, and in the controller."""
        environment_s = controller_s = 0.0
        for _ in range(control_steps):
            begin = time.perf_counter()
            action = self._controller.act(self._observation)
            acted = time.perf_counter()
            noted = self._recorder.recording_s
            transition = self._environment.step(action)
            self._observation = transition.observation
            finished = transition.done.nonzero().squeeze(-1)
            if len(finished):
                self._observation = self._start(finished)
            environment_s += time.perf_counter() - acted - (self._recorder.recording_s - noted)
            controller_s += acted - begin
        return environment_s, controller_s

    def _start(self, worlds: Tensor) -> Tensor:
        seeds = episode_seeds(self._seed, self._started, len(worlds))
        self._started += len(worlds)
        observation = self._environment.reset(seeds, worlds)
        self._controller.reset(seeds, worlds)
        return observation


def _record(
    settings: BenchSettings, environment: BatchedEnvironment, measurement: Measurement
) -> dict[str, Any]:
    simulation = simulation_of(environment)
    environment_s, engine_s = sum(measurement.environment_s), sum(measurement.engine_s)
    physics_steps = sum(measurement.physics_steps)
    ratio, ratio_ci95 = measurement.ratio()
    timestep = float(simulation.model.opt.timestep)
    return {
        "task": settings.task,
        "randomness": settings.randomness,
        "seed": settings.seed,
        "num_envs": settings.num_envs,
        "num_threads": simulation.batch.nthread,
        "substeps": simulation.substeps,
        "timestep_s": timestep,
        "control_rate_hz": environment.spec.control_rate_hz,
        "control_steps_per_s": measurement.control_steps / environment_s,
        "control_steps_per_s_with_controller": measurement.control_steps
        / (environment_s + measurement.controller_s),
        "physics_steps_per_s": physics_steps / environment_s,
        "raw_physics_steps_per_s": physics_steps / engine_s,
        "ratio": ratio,
        "ratio_ci95": list(ratio_ci95),
        "simulated_seconds_per_wall_second": physics_steps * timestep / environment_s,
        "raw_states_identical": measurement.identical,
        "measured_s": measurement.seconds,
        "code_version": code_version(),
        "hardware": hardware(),
    }


def _describe(record: dict[str, Any]) -> str:
    low, high = record["ratio_ci95"]
    same = "the same states" if record["raw_states_identical"] else "DIFFERENT states: the ratio is not exact"
    return "\n".join(
        (
            f"{record['task']}, {record['num_envs']} worlds, {record['num_threads']} threads",
            f"  control steps a second   {record['control_steps_per_s']:12,.0f}"
            f"  (with the controller's thinking {record['control_steps_per_s_with_controller']:,.0f})",
            f"  physics steps a second   {record['physics_steps_per_s']:12,.0f}",
            f"  the bare engine          {record['raw_physics_steps_per_s']:12,.0f}  ({same})",
            f"  ratio                    {record['ratio']:12.3f}  ({low:.3f} to {high:.3f} at 95 %)",
            f"  simulated seconds a second {record['simulated_seconds_per_wall_second']:10,.1f}",
        )
    )
