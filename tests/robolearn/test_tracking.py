"""The local log survives kills and resumes."""

from pathlib import Path

import pytest

from robolearn.errors import UserError
from robolearn.tracking import METRICS, RunLogger, read_metrics


def test_rows_come_back(tmp_path: Path) -> None:
    with RunLogger(tmp_path, "disabled", {}) as log:
        log.log(0, {"loss": 1.5})
        log.log(3, {"loss": float("inf"), "rate": 2})
    assert read_metrics(tmp_path) == [{"step": 0, "loss": 1.5}, {"step": 3, "loss": None, "rate": 2.0}]


def test_going_on_drops_what_will_be_made_again(tmp_path: Path) -> None:
    with RunLogger(tmp_path, "disabled", {}) as log:
        for step in range(5):
            log.log(step, {"loss": float(step)})
    with (tmp_path / METRICS).open("a") as file:
        file.write('{"step": 5, "lo')
    assert [row["step"] for row in read_metrics(tmp_path)] == [0, 1, 2, 3, 4]
    with RunLogger(tmp_path, "disabled", {}, first_step=3) as log:
        log.log(3, {"loss": -1.0})
    assert [row["loss"] for row in read_metrics(tmp_path)] == [0.0, 1.0, 2.0, -1.0]


def test_a_new_run_begins_an_empty_log(tmp_path: Path) -> None:
    for value in (1.0, 2.0):
        with RunLogger(tmp_path, "disabled", {}) as log:
            log.log(0, {"loss": value})
    assert read_metrics(tmp_path) == [{"step": 0, "loss": 2.0}]


def test_damage_in_the_middle_is_reported(tmp_path: Path) -> None:
    (tmp_path / METRICS).write_text('{"step": 0}\n{"st\n{"step": 2}\n')
    with pytest.raises(UserError, match="damaged at line 2"):
        read_metrics(tmp_path)


def test_no_log_is_no_rows(tmp_path: Path) -> None:
    assert read_metrics(tmp_path) == []


def test_unknown_mode(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="did you mean 'offline'"):
        RunLogger(tmp_path, "ofline", {})


def test_weights_and_biases_offline_needs_no_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with RunLogger(tmp_path, "offline", {"seed": 1}) as log:
        log.log(0, {"loss": 1.0})
    assert list((tmp_path / "wandb").glob("offline-run-*"))
