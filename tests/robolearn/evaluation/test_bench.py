import json
import sys
from pathlib import Path

import mujoco
import numpy as np
import pytest
import torch
from torch import Tensor

from envs.simulation import Simulation
from robolearn.environment import BatchedEnvironment, Transition
from robolearn.errors import UserError
from robolearn.evaluation.bare_engine import BareEngine, RecordingBatch
from robolearn.evaluation.bench import RECORD, Measurement, bench
from robolearn.evaluation.settings import BenchSettings
from robolearn.specification import TaskSpec, VectorSpec
from toy_environment import PointMassEnvironment
from toy_registry import toy_registry

SCENE = """
<mujoco>
  <option timestep="0.005" integrator="implicitfast">
    <flag sleep="{sleep}"/>
  </option>
  <worldbody>
    <geom type="plane" size="2 2 .1"/>
    <body name="arm" pos="0 0 1">
      <joint name="hinge" type="hinge" axis="0 1 0" damping=".1"/>
      <geom type="capsule" fromto="0 0 0 .4 0 0" size=".03"/>
    </body>
    <body name="box" pos=".5 .5 .06"><freejoint/><geom type="box" size=".05 .05 .05"/></body>
    <body name="ball" pos="-.5 0 .5"><freejoint/><geom type="sphere" size=".05"/></body>
  </worldbody>
  <equality><weld name="hold" body1="ball" active="false"/></equality>
  <actuator><motor joint="hinge" gear="2"/></actuator>
</mujoco>
"""


class Swing(BatchedEnvironment):
    """A driven arm; halfway through each step the ball of some worlds is held where it is, or let go."""

    def __init__(self, num_envs: int, sleep: bool = True) -> None:
        self.spec = TaskSpec(
            name="swing",
            observation=VectorSpec(("angle",), ("rad",)),
            action=VectorSpec(("torque",), ("N m",)),
            control_rate_hz=10.0,
            max_episode_steps=9,
            phases=("swinging",),
        )
        self.num_envs = num_envs
        self.device = torch.device("cpu")
        model = mujoco.MjModel.from_xml_string(SCENE.format(sleep="enable" if sleep else "disable"))
        self.simulation = Simulation(model, num_envs, 1, substeps=20)
        self._mass = self.simulation.expand("body_mass")
        self._age = torch.zeros(num_envs, dtype=torch.int64)

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> Tensor:
        worlds = torch.arange(self.num_envs) if env_ids is None else env_ids
        self.simulation.reset(worlds)
        self.simulation.view("qpos")[worlds, 0] = 0.01 * (episode_seeds % 100).double()
        self._mass[worlds, 1] = 1.0 + 0.1 * (episode_seeds % 7).double()
        self._age[worlds] = 0
        self.simulation.forward(worlds)
        return self._observation()

    def step(self, action: Tensor) -> Transition:
        worlds = torch.arange(self.num_envs)
        self.simulation.view("ctrl")[:] = action
        self.simulation.step(worlds, 10)
        held = self.simulation.view("qpos")[:, 0] > 0.2
        self.simulation.view("eq_active")[:, 0] = held.double()
        self.simulation.step(worlds, 10)
        self._age += 1
        none = torch.zeros(self.num_envs, dtype=torch.bool)
        done = self._age >= 4 + worlds % 6
        zeros = torch.zeros(self.num_envs)
        return Transition(self._observation(), zeros, none, done, none, zeros.long(), none)

    def close(self) -> None:
        """Nothing to release."""

    def _observation(self) -> Tensor:
        return self.simulation.view("qpos")[:, :1].float()


class Pusher:
    """Torque that depends on the angle."""

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """Nothing is remembered."""

    def act(self, observation: Tensor) -> Tensor:
        return torch.sin(3.0 * observation) - 0.3


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
    batch = environment.simulation.batch
    engine, recorder = BareEngine(batch), RecordingBatch(batch)
    environment.simulation.batch = recorder  # type: ignore[assignment]
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
