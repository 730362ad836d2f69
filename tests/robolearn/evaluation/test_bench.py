import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from envs.humanoid.worker import WorkerEnvironment
from envs.simulation import Simulation
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.evaluation.bare_engine import BareEngine, RecordingBatch
from robolearn.evaluation.bench import RECORD, Measurement, bench
from robolearn.evaluation.settings import BenchSettings
from swing_environment import Pusher, Swing
from toy_environment import PointMassEnvironment
from toy_registry import toy_registry


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    module = toy_registry()
    module.__dict__.update(
        make_environment=lambda task, num_envs, **_: Swing(num_envs), make_expert=lambda _: Pusher()
    )
    monkeypatch.setitem(sys.modules, "envs.registry", module)


@pytest.mark.parametrize("sleep", [True, False])
def test_the_bare_engine_repeats_the_environment_to_the_same_bits(sleep: bool) -> None:
    environment, controller = Swing(6, sleep), Pusher()
    simulation = environment.simulation
    assert isinstance(simulation, Simulation)
    batch = simulation.batch
    engine, recorder = BareEngine(batch), RecordingBatch(batch)
    simulation.batch = recorder  # type: ignore[assignment]
    observation = environment.reset(torch.arange(6))
    steps = 0
    for _ in range(30):
        transition = environment.step(controller.act(observation))
        observation = transition.observation
        finished = transition.done.nonzero().squeeze(-1)
        if len(finished):
            observation = environment.reset(3 * finished + 1, finished)
        calls = recorder.take()
        steps += engine.repeat(calls)[1]
        np.testing.assert_array_equal(engine.batch.state, batch.state)
    assert steps == 30 * 6 * 20


def test_steps_between_which_nothing_changed_count_as_one_call() -> None:
    environment = Swing(3)
    recorder = RecordingBatch(environment.simulation.batch)
    environment.simulation.batch = recorder  # type: ignore[assignment]
    environment.reset(torch.zeros(3, dtype=torch.int64))
    environment.step(torch.zeros(3, 1))
    assert [(call.kind, call.substeps) for call in recorder.take()] == [
        ("reset", 0),
        ("forward", 0),
        ("step", 20),
    ]
    environment.simulation.view("qpos")[1, 0] = 0.5
    environment.step(torch.zeros(3, 1))
    assert [call.substeps for call in recorder.take()] == [10, 10]


@pytest.mark.usefixtures("registry")
def test_writes_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench(BenchSettings(task="swing", num_envs=4, seconds=0.3, out=str(tmp_path)))
    record = json.loads((tmp_path / RECORD).read_text())
    assert record["raw_states_identical"]
    assert record["physics_steps_per_s"] == pytest.approx(20 * record["control_steps_per_s"])
    assert record["simulated_seconds_per_wall_second"] == pytest.approx(0.005 * record["physics_steps_per_s"])
    assert record["ratio"] == pytest.approx(record["physics_steps_per_s"] / record["raw_physics_steps_per_s"])
    assert record["ratio_ci95"][0] <= record["ratio"] <= record["ratio_ci95"][1]
    assert record["hardware"]["logical_cores"] >= 1
    assert "the same states" in capsys.readouterr().out


def test_ratio_of_equal_blocks_is_exact() -> None:
    measurement = Measurement(environment_s=[2.0] * 5, engine_s=[1.5] * 5)
    assert measurement.ratio() == (0.75, (0.75, 0.75))


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("changes", "message"),
    [({"num_envs": 0}, "num_envs=0"), ({"seconds": 0.0}, "seconds=0"), ({"seed": -3}, "seed=-3")],
)
def test_bad_input_is_one_line(tmp_path: Path, changes: dict[str, float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        bench(BenchSettings(task="swing", out=str(tmp_path), **changes))  # type: ignore[arg-type]


def test_a_task_without_physics_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = toy_registry()
    module.__dict__["make_environment"] = lambda task, num_envs, **_: PointMassEnvironment(num_envs)
    monkeypatch.setitem(sys.modules, "envs.registry", module)
    with pytest.raises(UserError, match="point_mass has no physics engine"):
        bench(BenchSettings(task="point_mass", num_envs=2, out=str(tmp_path)))


def test_robots_that_differ_from_world_to_world_are_repeated_to_the_same_bits() -> None:
    environment = WorkerEnvironment(4, num_threads=1)
    simulation = environment.simulation
    assert isinstance(simulation, Simulation)
    batch = simulation.batch
    engine, recorder = BareEngine(batch), RecordingBatch(batch)
    simulation.batch = recorder  # type: ignore[assignment]
    environment.reset(episode_seeds(0, 0, 4))
    for step in range(12):
        environment.step(torch.zeros(4, environment.spec.action.size))
        if step == 6:
            environment.reset(episode_seeds(1, 0, 2), torch.tensor([1, 3]))
        engine.repeat(recorder.take())
        np.testing.assert_array_equal(engine.batch.state, batch.state)
