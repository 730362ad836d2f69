"""What a model card says of a worker is measured of it, and what cannot be is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from envs.humanoid.worker import WorkerEnvironment
from envs.humanoid.worker_training import make_worker
from robolearn.errors import UserError
from robolearn.policies.registry import save_policy
from robolearn.policies.worker.settings import WorkerNetworks


@pytest.fixture
def measure(script: Callable[[str, str], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The script's module, whose tests last for a few control steps of a few worlds."""
    probes = script("worker", "probes")
    monkeypatch.setattr(probes, "SETTLED", 4)
    monkeypatch.setattr(probes, "ENDS", 10)
    monkeypatch.setattr(probes, "WORLDS", 2)
    return script("worker", "measure")


@pytest.fixture
def probe(measure: Any) -> Any:
    """One of three episodes, of a worker that stands by feedback alone."""
    small = WorkerNetworks(hidden=[16, 8], estimator_hidden=[8], lags=[0, 1], estimator_lags=[2])
    torch.manual_seed(0)
    return measure.Probe(make_worker(WorkerEnvironment(1, num_threads=1).spec, small), seed=3, episodes=3)


def test_nominal_robots_with_arms_still_do_nearly_the_same(probe: Any) -> None:
    found = probe.standing(0.6, arms=False)
    assert found["drift"] == pytest.approx(found["median_drift"], abs=1e-4)
    assert (found["height"], found["arms"], found["falls"]) == (0.6, "still", 0)
    assert 0.0 <= found["stepping"] <= 1.0


def test_who_is_told_to_walk_steps_and_is_timed_once_it_does(probe: Any) -> None:
    assert probe.told((0.0, 0.0, 0.0))["done"] == pytest.approx([0.0, 0.0, 0.0], abs=0.1)
    assert len(probe.told((0.6, 0.0, 0.0))["done"]) == 3


def test_episodes_that_are_punched_are_those_of_the_task(probe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("envs.humanoid.worker.EPISODE_STEPS", 5)
    found = probe.punched("full")
    assert found["survived"] == 1.0
    assert found["ci95"][0] < 1.0


def test_the_script_writes_what_it_prints(
    measure: Any, probe: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_policy(tmp_path / "worker", probe.policy, probe.policy.spec)
    out = tmp_path / "out.json"
    measure.main([f"checkpoint={tmp_path / 'worker'}", "parts=told", "episodes=2", "seed=5", f"out={out}"])
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert json.loads(out.read_text())["told"] == printed
    assert len(printed) == 7


@pytest.mark.parametrize(
    ("given", "said"), [("parts=standin", "standing"), ("seed=x", "seed=x is not valid")]
)
def test_what_cannot_be_measured_is_refused(measure: Any, given: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said):
        measure.main([given, f"out={tmp_path / 'out.json'}"])
    assert not list(tmp_path.iterdir())
