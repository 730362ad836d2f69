"""The mean of workers' weights is a worker of the same kind, and what has no mean is refused."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from envs.humanoid.worker import WorkerEnvironment
from envs.humanoid.worker_training import make_worker
from robolearn.errors import UserError
from robolearn.policies.registry import load_policy, save_policy
from robolearn.policies.worker.averaging import mean_worker
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.policies.worker.worker_policy import WorkerPolicy

SMALL = WorkerNetworks(hidden=[16, 8], estimator_hidden=[8], lags=[0, 1], estimator_lags=[2])
SPEC = WorkerEnvironment(1, num_threads=1).spec


def worker(seed: int, networks: WorkerNetworks = SMALL) -> WorkerPolicy:
    """One of random weights."""
    torch.manual_seed(seed)
    return make_worker(SPEC, networks)


@pytest.fixture
def average(script: Callable[[str, str], Any]) -> Any:
    """The script's module."""
    return script("worker", "average")


def test_its_weights_are_the_mean_and_the_workers_stay() -> None:
    first, second = worker(0), worker(1)
    before = {name: value.clone() for name, value in first.state_dict().items()}
    mean = mean_worker([first, second]).state_dict()
    for name, value in mean.items():
        torch.testing.assert_close(value, (before[name] + second.state_dict()[name]) / 2)
        assert torch.equal(first.state_dict()[name], before[name])


def test_the_mean_of_a_worker_and_itself_acts_as_it_does() -> None:
    first = worker(0)
    frames = torch.randn(3, first.frame_size * len(first.config.stacked_lags))
    assert torch.equal(mean_worker([first, first])(frames), first(frames))
    assert torch.equal(mean_worker([first])(frames), first(frames))


def test_workers_of_other_sizes_are_refused() -> None:
    with pytest.raises(UserError, match="networks"):
        mean_worker([worker(0), worker(1, dataclasses.replace(SMALL, hidden=[8, 8]))])


def test_the_script_writes_a_checkpoint_that_names_what_it_is_the_mean_of(
    average: Any, tmp_path: Path
) -> None:
    workers = [worker(seed) for seed in (0, 1)]
    for number, policy in enumerate(workers):
        save_policy(tmp_path / str(number), policy, SPEC)
    out = tmp_path / "mean"
    average.main([f"checkpoints={tmp_path / '0'},{tmp_path / '1'}", f"out={out}"])
    expected = mean_worker(workers).state_dict()
    for name, value in load_policy(out, expected=SPEC).state_dict().items():
        assert torch.equal(value, expected[name])
    assert len(average.load_checkpoint(out).metrics["mean_of"]) == 2


def test_the_script_refuses_a_folder_that_there_is_not(average: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        average.main([f"checkpoints={tmp_path / 'nowhere'}", f"out={tmp_path / 'mean'}"])
    assert not (tmp_path / "mean").exists()
