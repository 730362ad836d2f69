"""An exported worker acts as its checkpoint does, and says all that a program needs to run it."""

import json
import math
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor

from envs.humanoid.worker import WorkerEnvironment
from envs.humanoid.worker_training import make_worker
from envs.robots.g1.constants import JOINTS, kind_of
from robolearn import cli
from robolearn.checkpoint import save_checkpoint
from robolearn.policies.registry import save_policy
from robolearn.policies.worker.action import owned_joints
from robolearn.policies.worker.command import GAIT_PERIOD, LOWERING_RATE, STILL, CommandShaper
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.policies.worker.worker_policy import WorkerPolicy
from toy_environment import POINT_MASS


class Exported:
    """A small worker, and what `robolearn export` made of its checkpoint."""

    def __init__(self, folder: Path, lags: list[int]) -> None:
        self.environment = WorkerEnvironment(1, num_threads=1)
        torch.manual_seed(1)
        self.policy = make_worker(
            self.environment.spec, WorkerNetworks([32, 16], lags=lags, estimator_lags=[2])
        ).eval()
        for parameter in self.policy.requires_grad_(False).parameters():
            torch.nn.init.normal_(parameter, std=0.1)
        save_policy(folder / "worker", self.policy, self.environment.spec)
        self.file = folder / "worker.onnx"
        arguments = ["export", f"checkpoint={folder / 'worker'}", "format=onnx", f"out={self.file}"]
        assert cli.main(arguments) == 0
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(self.file), options)
        self.contract = json.loads(self._session.get_modelmeta().custom_metadata_map["robolearn"])

    def fresh(self, num_envs: int) -> np.ndarray:
        """Memories that begin episodes."""
        return np.zeros((num_envs, self.contract["memory"]["size"]), np.float32)

    def step(self, observation: Tensor, memory: np.ndarray) -> tuple[Tensor, np.ndarray]:
        """Actions and the next memories."""
        inputs = {"observation": observation.numpy(), "memory": memory}
        target, following = self._session.run(["action", "next_memory"], inputs)
        return torch.from_numpy(target), np.asarray(following)


@pytest.fixture(scope="module", params=[[0, 1, 3], [0]], ids=str)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return Exported(tmp_path_factory.mktemp("export"), request.param)


def test_it_acts_as_the_policy_over_an_episode_and_the_next(exported: Exported) -> None:
    targets = []
    for seed in (3, 4):
        observation, memory = exported.environment.reset(torch.tensor([seed])), exported.fresh(1)
        exported.policy.reset(num_envs=1)
        for _ in range(12):
            expected = exported.policy.act(observation)
            target, memory = exported.step(observation, memory)
            torch.testing.assert_close(target, expected, atol=1e-5, rtol=0.0)
            observation = exported.environment.step(target).observation
            targets.append(target)
    assert (torch.cat(targets) - targets[0]).abs().mean() > 0.01


def crowd(policy: WorkerPolicy, count: int) -> Tensor:
    """Observations of `count` robots, some higher or lower than any posture."""
    observation = 0.5 * torch.randn(count, policy.spec.observation.size)
    observation[:, 4] = torch.linspace(0.2, 0.8, count)
    return observation


def test_robots_in_a_batch_begin_on_their_own(exported: Exported) -> None:
    policy, memory = exported.policy, exported.fresh(5)
    policy.reset(num_envs=5)
    for step in range(6):
        if step == 3:
            memory[[1, 4]] = 0.0
            policy.reset(torch.tensor([1, 4]))
        observation = crowd(policy, 5)
        target, memory = exported.step(observation, memory)
        torch.testing.assert_close(target, policy.act(observation), atol=1e-5, rtol=0.0)


def test_the_contract_names_every_entry_and_servo(exported: Exported) -> None:
    contract, spec = exported.contract, exported.environment.spec
    assert contract["format"] == "robolearn worker onnx 4"
    assert contract["control_rate_hz"] == 50.0
    assert contract["observation"] == spec.observation.to_json()
    assert contract["action"] == spec.action.to_json()
    assert contract["history"]["lags"] == exported.policy.config.stacked_lags
    gains = [kind_of(name).gains for name in owned_joints(spec.action)]
    assert contract["servos"]["stiffness"]["values"] == [gain.stiffness for gain in gains]
    assert contract["servos"]["damping"]["values"] == [gain.damping for gain in gains]
    postures = contract["postures"]
    assert tuple(postures["joints"]) == JOINTS
    for name, table in (("angles", "postures"), ("standing_targets", "standing_targets")):
        torch.testing.assert_close(torch.tensor(postures[name]["values"]), getattr(exported.policy, table))
    assert len(postures["heights"]["values"]) == len(postures["angles"]["values"])
    constants = {"period": GAIT_PERIOD, "lowering_rate": LOWERING_RATE, "still": STILL}
    assert constants.items() <= contract["gait"]["constants"].items()


COMMANDS = (
    [(0.0, 0.0, 0.0, 0.5)] * 5
    + [(0.4, 0.0, 0.0, 0.7)] * 10
    + [(0.0, 0.0, 0.0, 0.7)] * 20
    + [(0.0, 0.04, -0.3, 0.6)] * 40
    + [(0.04, 0.0, 0.04, 0.6)] * 20
)


def test_the_gait_in_the_contract_is_the_trained_one(exported: Exported) -> None:
    """Its rule is run as it stands."""
    gait = exported.contract["gait"]
    rule = compile(gait["step"], "gait", "exec")
    state = gait["initial"] | {"height": 0.74, "control_rate": 50.0} | gait["constants"]
    state |= {name: getattr(math, name) for name in ("hypot", "floor", "sin", "cos", "pi")}
    shaper = CommandShaper(1, 0.02)
    shaper.reset(torch.tensor([0]), torch.tensor([0.74]))
    generator = np.random.default_rng(0)
    for command in COMMANDS:
        request = float(generator.choice((0.0, -0.5, 1.0, -4.0), p=(0.5, 0.3, 0.1, 0.1)))
        state |= {"command_velocity": command[:3], "command_height": command[3], "step_request": request}
        exec(rule, state)
        shaper.step(torch.tensor([command]), torch.tensor([request]))
        assert state["moving"] == bool(shaper.gait.moving)
        found = torch.tensor([*state["velocity"], state["height"], state["sine"], state["cosine"]])
        expected = torch.cat((shaper.gait.velocity[0], shaper.gait.height, shaper.gait.clock[0]))
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=0.0)


def test_the_file_names_no_folder_of_this_machine(exported: Exported) -> None:
    content = exported.file.read_bytes()
    assert str(Path.cwd()).encode() not in content and str(exported.file.parent).encode() not in content


def test_other_kinds_of_policy_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "base", tmp_path / "base.onnx"
    save_checkpoint(folder, kind="diffusion", config={}, weights={}, normalisation={}, spec=POINT_MASS)
    assert cli.main(["export", f"checkpoint={folder}", "format=onnx", f"out={out}"]) == 2
    error = capsys.readouterr().err
    assert "holds a diffusion policy: format=onnx takes policies of kind worker" in error
    assert error.count("\n") == 1 and not out.exists()
