import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robolearn.errors import UserError
from robolearn.evaluation import evaluate as evaluation
from robolearn.evaluation.episode_table import EPISODES, read_episodes, write_episodes
from robolearn.evaluation.evaluate import PARTIAL, RECORD, evaluate
from robolearn.evaluation.settings import EvaluateSettings
from toy_registry import toy_registry


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "envs.registry", toy_registry())


def settings(out: Path, **changes: Any) -> EvaluateSettings:
    values: dict[str, Any] = {
        "expert": True,
        "task": "point_mass",
        "n_episodes": 30,
        "num_envs": 8,
        "out": str(out),
    }
    return EvaluateSettings(**(values | changes))


@pytest.mark.usefixtures("registry")
def test_writes_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(settings(tmp_path))
    record = json.loads((tmp_path / RECORD).read_text())
    assert {
        "task": "point_mass",
        "randomness": "low",
        "disturbance": False,
        "seed": 7,
    }.items() <= record.items()
    assert (record["success_rate"], record["n_episodes"], record["faults"]) == (1.0, 30, 0)
    assert record["success_ci95"] == pytest.approx([0.8865, 1.0], abs=1e-4)
    assert record["control_steps_per_s"] > 0
    assert [phase["reached"] for phase in record["phases"]] == [30, 30, 30]
    table, _ = read_episodes(tmp_path / EPISODES)
    assert record["mean_steps_to_success"] == table.steps.mean()
    assert "success  100.0%  (88.6% to 100.0%" in capsys.readouterr().out
    assert not (tmp_path / PARTIAL).exists()


@pytest.mark.usefixtures("registry")
def test_goes_on_with_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = evaluate(settings(tmp_path / "whole"))
    monkeypatch.setattr(evaluation, "_SAVE_SECONDS", 0.0)
    saved = 0

    def interrupted(*arguments: Any) -> None:
        nonlocal saved
        write_episodes(*arguments)
        saved += 1
        if saved == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(evaluation, "write_episodes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evaluate(settings(tmp_path / "killed"))
    monkeypatch.setattr(evaluation, "write_episodes", write_episodes)
    left, _ = read_episodes(tmp_path / "killed" / PARTIAL)
    assert 0 < len(left) < 30
    resumed = evaluate(settings(tmp_path / "killed"))
    assert {**resumed, "control_steps_per_s": 0} == {**whole, "control_steps_per_s": 0}
    for name in ("episode", "seed", "success", "steps"):
        tables = [read_episodes(tmp_path / run / EPISODES)[0] for run in ("whole", "killed")]
        np.testing.assert_array_equal(getattr(tables[0], name), getattr(tables[1], name))


@pytest.mark.usefixtures("registry")
def test_leftovers_of_another_run_are_not_counted(tmp_path: Path) -> None:
    evaluate(settings(tmp_path, seed=1))
    (tmp_path / EPISODES).rename(tmp_path / PARTIAL)
    record = evaluate(settings(tmp_path, seed=2, n_episodes=10))
    assert record["control_steps_per_s"] is not None
    assert read_episodes(tmp_path / EPISODES)[0].seed[0] == 2 << 32


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_episodes": 0}, "n_episodes=0 is not valid"),
        ({"num_envs": -1}, "num_envs=-1 is not valid"),
        ({"seed": -1}, "seed=-1 is not valid"),
        ({"expert": False}, "give checkpoint=DIR"),
        ({"checkpoint": "somewhere"}, "exclude each other"),
        ({"expert": False, "checkpoint": "/no/such"}, "checkpoint /no/such does not exist"),
        ({"task": "point_mas"}, "did you mean 'point_mass'"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        evaluate(settings(tmp_path, **changes))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / RECORD).exists()


@pytest.mark.usefixtures("registry")
def test_video_of_a_success_and_a_word_about_the_missing_failure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        record = evaluate(settings(tmp_path, video=True, n_episodes=3))
    assert set(record["videos"]) == {"success"}
    assert (tmp_path / record["videos"]["success"]["file"]).stat().st_size > 500
    assert "no video of a failure" in caplog.text


def test_without_rendering_one_line_and_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "envs.registry", toy_registry(renders=False))
    record = evaluate(settings(tmp_path, video=True, n_episodes=3))
    assert record["videos"] == {}
    assert "no video: this machine does not render" in caplog.text
