"""A folder with a contract is evaluated like a checkpoint, as it wants to be run."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from envs.humanoid.tour.environment import TourEnvironment
from envs.humanoid.worker import WorkerEnvironment
from onnx_controllers import JOINTS, controller
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.evaluation.controllers import ControllerChoice
from robolearn.evaluation.evaluate import evaluate
from robolearn.evaluation.rollouts import run_episodes
from robolearn.evaluation.settings import EvaluateSettings


def choice(folder: Path) -> ControllerChoice:
    return ControllerChoice.of(str(folder), expert=False, device="cpu", seed=0)


def test_the_tour_adopts_an_onnx_controllers_servos(tmp_path: Path) -> None:
    environment = TourEnvironment(2, num_threads=1)
    environment.record_figures()
    chosen = choice(controller(tmp_path))
    controlled = chosen.build(environment)
    assert chosen.identity()["kind"] == "onnx"
    assert environment.simulation.model.actuator(JOINTS[1]).gainprm[0] == 151.0
    table = run_episodes(environment, controlled, episode_seeds(7, 0, 2))
    assert len(table) == 2 and not table.fault.any() and not table.success.any()
    np.testing.assert_allclose(50.0 * table.figures["survival_s"], table.steps)


def test_its_video_runs_it_so_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worlds: list[TourEnvironment] = []

    def record(_kept: object, make_world: Callable[[], TourEnvironment], _out: Path) -> dict[str, object]:
        worlds.append(make_world())
        return {}

    monkeypatch.setattr("robolearn.evaluation.evaluate.record_outcomes", record)
    evaluate(
        EvaluateSettings(
            checkpoint=str(controller(tmp_path)),
            task="g1_tour",
            randomness="none",
            disturbance=True,
            n_episodes=1,
            num_threads=1,
            video=True,
            out=str(tmp_path / "eval"),
        )
    )
    assert worlds[0].simulation.model.actuator(JOINTS[1]).gainprm[0] == 151.0


def test_other_tasks_of_the_g1_do_not(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="give task=g1_tour"):
        choice(controller(tmp_path)).build(WorkerEnvironment(1, num_threads=1))
