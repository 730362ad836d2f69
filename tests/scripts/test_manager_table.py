"""The table of managers: what is done is not done again, what differs is refused, and intervals are shown."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from robolearn.errors import UserError


@pytest.fixture
def table(script: Callable[[str, str], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The script's module, with checkpoints that are known by their folders."""
    module = script("manager", "table")
    monkeypatch.setattr(module, "load_checkpoint", lambda path: SimpleNamespace(identity=Path(path).name))
    return module


def _verbs(told: list[str]) -> Callable[..., None]:
    """Stands in for `robolearn`: notes what it is told, and writes what the table reads."""

    def run(verb: str, *arguments: str) -> None:
        given = dict(argument.split("=", 1) for argument in arguments)
        out = Path(given["out"])
        told.append(f"{verb} {out.name}")
        out.mkdir(parents=True, exist_ok=True)
        if verb == "train":
            (out / "train.json").write_text(json.dumps({"steps": int(given["total_steps"]), "minutes": 3.2}))
            return
        figures = {
            "hand_position_error_m": 0.031,
            "hand_orientation_error_deg": 4.2,
            "heading_error_deg": 1.0,
        }
        intervals = {f"{name}_ci95": [0.9 * value, 1.1 * value] for name, value in figures.items()}
        phases = [{"name": name, "failed_here": count} for name, count in (("lost", 10), ("fallen", 5))]
        identity = Path(given.get("checkpoint", "none")).name
        record = {"n_episodes": 500, "completion_rate": 0.97, "completion_ci95": [0.951, 0.982]}
        record |= {"controller": {"identity": identity}, "phases": phases} | figures | intervals
        (out / "eval.json").write_text(json.dumps(record))

    return run


def test_what_is_done_is_not_done_again(table: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(table, "_robolearn", _verbs(told))
    arguments = [f"out={tmp_path}", "rows=[teacher_mended,ppo]", "steps=64"]
    assert table.main(arguments) == 0
    assert told == ["eval teacher_mended", "train ppo", "eval ppo"]
    assert table.main([*arguments, "rows=[ppo,teacher_mended,cloning]"]) == 0
    assert told[3:] == ["train cloning", "eval cloning"]
    (tmp_path / "eval/ppo/eval.json").unlink()
    assert table.main(arguments) == 0
    assert told[5:] == ["eval ppo"]


def test_an_evaluation_of_other_weights_is_made_again(
    table: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(table, "_robolearn", _verbs(told))
    arguments = [f"out={tmp_path}", "rows=[ppo]"]
    table.main(arguments)
    record = json.loads((tmp_path / "eval/ppo/eval.json").read_text())
    record["controller"]["identity"] = "another"
    (tmp_path / "eval/ppo/eval.json").write_text(json.dumps(record))
    table.main(arguments)
    assert told == ["train ppo", "eval ppo", "eval ppo"]


def test_the_table_shows_intervals(table: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_robolearn", _verbs([]))
    table.main([f"out={tmp_path}", "rows=[ppo]"])
    line = (tmp_path / "table.md").read_text().splitlines()[2]
    for cell in ("PPO from scratch", "97.0% (95.1 to 98.2)", "3.1 cm (2.8 to 3.4)", "2.0%", "1.0%", "3 min"):
        assert cell in line
    assert set(json.loads((tmp_path / "table.json").read_text())["rows"]) == {"ppo"}


@pytest.mark.parametrize(
    ("argument", "line"),
    [
        ("rows=[pp]", "'pp'.*ppo"),
        ("steps=0", "steps"),
        ("episodes=3", "n_episodes"),
        ("steps=65", "steps=64"),
    ],
)
def test_what_does_not_fit_is_refused(
    table: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argument: str, line: str
) -> None:
    monkeypatch.setattr(table, "_robolearn", _verbs([]))
    table.main([f"out={tmp_path}", "rows=[teacher_mended]", "steps=64"])
    with pytest.raises(UserError, match=line):
        table.Table(table.settings_of([f"out={tmp_path}", "rows=[teacher_mended]", "steps=64", argument]))


def test_every_row_is_a_teacher_or_an_experiment(table: Any) -> None:
    from envs.humanoid.reach.teacher import TEACHERS
    from robolearn.paths import configuration_directory

    for row in table.ROWS.values():
        assert (row.teacher is None) != (row.experiment is None)
        assert row.teacher is None or row.teacher in TEACHERS
        experiment = configuration_directory() / "experiment" / f"{row.experiment}.yaml"
        assert row.experiment is None or experiment.is_file()
    assert set(table.COMPARED) <= set(table.ROWS)
