"""Exit statuses and messages of the command line, and how long it takes to start."""

import errno
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from robolearn import cli
from robolearn.errors import StorageError, UserError
from robolearn.verbs import VERBS, Action


def run_with(monkeypatch: pytest.MonkeyPatch, function: Callable[[Any], None], *arguments: str) -> int:
    monkeypatch.setattr(Action, "run", lambda self, settings: function(settings))
    return cli.main(arguments)


def raising(error: BaseException) -> Callable[[Any], None]:
    def function(_: Any) -> None:
        raise error

    return function


def test_overview_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(verb.name in shown and verb.summary in shown for verb in VERBS.values())


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_lists_keys_and_groups(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "out=" in shown
    assert "seed=" in shown


def test_unknown_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["docter"]) == 2
    assert "did you mean 'doctor'" in capsys.readouterr().err


def test_the_resolved_configuration_is_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[Any] = []
    assert run_with(monkeypatch, seen.append, "doctor", f"out={tmp_path / 'a'}", "seed=3") == 0
    assert seen[0].seed == 3
    record = OmegaConf.load(tmp_path / "a" / "config.yaml")
    assert record == {"verb": "doctor", "choices": {}, "settings": {"out": str(tmp_path / "a"), "seed": 3}}


def test_a_refused_command_leaves_the_configuration_of_the_run_that_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def seed_of_record() -> int:
        return OmegaConf.load(tmp_path / "config.yaml").settings.seed

    assert run_with(monkeypatch, lambda _: None, "doctor", f"out={tmp_path}", "seed=3") == 0
    refusal = raising(UserError("out holds another run"))
    assert run_with(monkeypatch, refusal, "doctor", f"out={tmp_path}", "seed=4") == 2
    assert seed_of_record() == 3
    assert run_with(monkeypatch, raising(KeyboardInterrupt()), "doctor", f"out={tmp_path}", "seed=5") == 130
    assert seed_of_record() == 5


def test_what_another_verb_made_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record = tmp_path / "config.yaml"
    record.write_text("verb: train\nsettings: {seed: 7}\n")
    assert run_with(monkeypatch, lambda _: None, "doctor", f"out={tmp_path}") == 2
    assert "holds what 'robolearn train' made" in capsys.readouterr().err
    assert record.read_text() == "verb: train\nsettings: {seed: 7}\n"
    for nothing in ("", "[1, 2]", "a: [", "seed: 3"):
        record.write_text(nothing)
        assert run_with(monkeypatch, lambda _: None, "doctor", f"out={tmp_path}") == 0


def test_a_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = ModuleNotFoundError("No module named 'nowhere'", name="nowhere")
    with pytest.raises(ModuleNotFoundError):
        run_with(monkeypatch, raising(missing), "doctor")


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (
            ModuleNotFoundError("No module named 'cyclonedds.core'", name="cyclonedds.core"),
            2,
            "robolearn: cyclonedds is missing: pip install 'robolearn[bridge]'\n",
        ),
        (UserError("no such\nthing"), 2, "robolearn: no such thing\n"),
        (StorageError("disk full"), 1, "robolearn: disk full\n"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/x"),
            1,
            "robolearn: No space left on device (/x)\n",
        ),
        (KeyboardInterrupt(), 130, "robolearn: interrupted; go on with: robolearn doctor seed=1\n"),
    ],
)
def test_exit_statuses(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    message: str,
) -> None:
    assert run_with(monkeypatch, raising(error), "doctor", "seed=1") == status
    assert capsys.readouterr().err == message


def test_an_interrupted_training_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ("train", "experiment=one_leg_korr", f"out={tmp_path / 'run'}")
    assert run_with(monkeypatch, raising(KeyboardInterrupt()), *arguments) == 130
    assert f"robolearn train resume={tmp_path / 'run'}" in capsys.readouterr().err


def test_an_out_that_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert cli.main(["doctor", f"out={tmp_path / 'file'}"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_help_and_settings_import_no_simulator_and_no_torch() -> None:
    program = (
        "import sys; from robolearn.cli import main; assert main(['train', '--help']) == 0;"
        "assert not {'torch', 'mujoco', 'wandb'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


def test_loading_a_checkpoint_imports_no_simulator() -> None:
    program = "import sys, robolearn.checkpoint; assert not {'mujoco', 'envs'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
