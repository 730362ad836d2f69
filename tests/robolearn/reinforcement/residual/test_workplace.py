import dataclasses
import sys
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from residual_fakes import FakeActor, FakeBase
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.reinforcement.residual.settings import ResidualSettings, Validation
from robolearn.reinforcement.residual.trainer import ResidualTrainer
from robolearn.reinforcement.residual.workplace import Workplace
from robolearn.reinforcement.seeds import SEED_LIMIT, training_stream, validation_stream
from robolearn.specification import TaskSpec
from toy_environment import POINT_MASS, PointMassEnvironment


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The point mass under the name that any task has."""
    module = ModuleType("envs.registry")
    module.__dict__["make_environment"] = lambda task, num_envs, **options: PointMassEnvironment(num_envs)
    monkeypatch.setitem(sys.modules, "envs.registry", module)


class Idle(ResidualTrainer):
    """Has nothing to learn and corrects nothing."""

    def __init__(self) -> None:
        self.iteration = self.steps = 0
        self.actor = FakeActor()

    def start(self) -> None:
        """Nothing begins."""

    def iterate(self) -> dict[str, float]:
        return {}

    def residual(self, view: Tensor) -> Tensor:
        return torch.zeros(len(view), 2)

    def state(self) -> dict[str, Tensor]:
        return {}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Nothing is remembered."""


def workplace(spec: TaskSpec = POINT_MASS, **changes: Any) -> Workplace:
    settings = ResidualSettings(base="outputs/base", task="point_mass", num_envs=8)
    settings.validation = Validation(episodes=20)
    return Workplace(dataclasses.replace(settings, **changes), FakeBase(0.05), spec)


def test_validation_is_the_same_whenever_it_is_measured() -> None:
    with workplace() as place:
        place.worlds.start()
        measurement = place.measurement(Idle())
        first = measurement.measure()
        for _ in range(7):
            place.worlds.step(torch.zeros(8, 2))
        assert measurement.measure() == first
        assert measurement.score is not None
        assert 0.0 < first[measurement.score] < 1.0


def test_training_validation_and_evaluation_never_share_an_episode() -> None:
    streams = {
        stream(seed) for seed in (0, 1, SEED_LIMIT - 1) for stream in (training_stream, validation_stream)
    }
    assert len(streams) == 6
    assert min(streams) >= 2 * SEED_LIMIT > SEED_LIMIT
    assert all(len(episode_seeds(stream, 0, 3)) == 3 for stream in streams)
    with pytest.raises(UserError, match="seed=-1 is not valid"):
        training_stream(-1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_envs": 0}, "num_envs=0"),
        ({"total_steps": 0}, "total_steps=0"),
        ({"action_scale": -0.1}, "action_scale=-0.1"),
        ({"validation": Validation(episodes=0)}, "validation.episodes=0"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_values_that_make_no_sense_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        workplace(**changes)


def test_a_base_of_another_task_is_refused() -> None:
    with pytest.raises(UserError, match="base=outputs/base is of task 'one_leg', not 'point_mass'"):
        workplace(dataclasses.replace(POINT_MASS, name="one_leg"))
    swapped = dataclasses.replace(POINT_MASS, action=POINT_MASS.observation)
    with pytest.raises(UserError, match="action has 6 entries, the task 2"):
        workplace(swapped)
