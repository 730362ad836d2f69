"""Online DAgger: tiny runs of every method, resuming to the same bytes, bad input."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch

from robolearn.errors import UserError
from robolearn.imitation.aggregate import Aggregate
from robolearn.imitation.dagger import train
from robolearn.imitation.dagger_trainer import METHODS
from robolearn.imitation.settings import DaggerOptimisation, DaggerSettings
from robolearn.policies.manager.manager_policy import ManagerPolicy
from robolearn.policies.manager.settings import ManagerNetworks
from robolearn.policies.registry import load_policy


def _settings(out: Path, method: str = "harmonised", iterations: int = 3, **changes: Any) -> DaggerSettings:
    dagger = DaggerOptimisation(
        method=method, rollout_steps=6, epochs=2, minibatches=2, aggregate_every=2, aggregate_samples=10
    )
    settings = DaggerSettings(
        dagger=dagger,
        networks=ManagerNetworks(hidden=[16], lags=[0, 2]),
        num_envs=3,
        total_steps=18 * iterations,
        num_threads=1,
        minutes=0.0,
        checkpoint_minutes=0.0,
        wandb="disabled",
        out=str(out),
    )
    return dataclasses.replace(settings, **changes)


@pytest.mark.parametrize("method", METHODS)
def test_a_tiny_run_of_every_method_learns_its_labels(tmp_path: Path, method: str) -> None:
    summary = train(_settings(tmp_path, method))
    assert summary["iteration"] == 3 and summary["steps"] == 54
    policy = load_policy(tmp_path / "checkpoint")
    assert isinstance(policy, ManagerPolicy)
    policy.reset(num_envs=2)
    assert policy.act(torch.zeros(2, policy.spec.observation.size)).shape == (2, 4)


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    train(_settings(tmp_path / "whole", iterations=4))
    train(_settings(tmp_path / "parts", iterations=2))
    train(_settings(tmp_path / "parts", iterations=4, resume=str(tmp_path / "parts")))
    whole, parts = (load_policy(tmp_path / run / "checkpoint").state_dict() for run in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[key], parts[key]) for key in whole)


def test_the_student_approaches_its_teacher(tmp_path: Path) -> None:
    rows = []
    for iterations in (1, 8):
        train(_settings(tmp_path / str(iterations), iterations=iterations, seed=3))
        rows.append((tmp_path / str(iterations) / "metrics.jsonl").read_text().splitlines()[-1])
    first, last = (float(row.split('"dagger/distance": ')[1].split("}")[0].split(",")[0]) for row in rows)
    assert last < 0.5 * first


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"task": "one_leg"}, "g1_reach"),
        ({"teacher": "mendid"}, "mended"),
        ({"walks": 1.5}, "walks=1.5"),
        ({"dagger": DaggerOptimisation(method="dager")}, "dagger"),
        ({"dagger": DaggerOptimisation(epochs=0)}, "dagger.epochs"),
    ],
)
def test_bad_settings_are_one_line(tmp_path: Path, changes: dict[str, object], line: str) -> None:
    with pytest.raises(UserError, match=line):
        train(dataclasses.replace(_settings(tmp_path), **changes))  # pyright: ignore


def test_a_pass_over_the_aggregate_sees_every_sample_once() -> None:
    aggregate = Aggregate(1, 1)
    for start in (0, 5):
        values = torch.arange(start, start + 5).float()[:, None]
        aggregate.append(values, 2.0 * values)
    seen = list(aggregate.batches(4, torch.Generator().manual_seed(0)))
    assert [len(inputs) for inputs, _ in seen] == [4, 4, 2]
    assert sorted(torch.cat([inputs for inputs, _ in seen]).flatten().tolist()) == list(range(10))
    assert all(torch.equal(labels, 2.0 * inputs) for inputs, labels in seen)
