"""The doctor finds what is there, and has a remedy for all that is not."""

import json
import os
from pathlib import Path

import pytest

from robolearn import doctor as module
from robolearn.doctor import DoctorSettings, doctor
from robolearn.rendering_probe import Rendering, probe_rendering


def test_every_missing_thing_has_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Rendering("egl", False, "no frame", "install EGL")
    monkeypatch.setattr(module, "probe_rendering", lambda: [broken])
    monkeypatch.delenv("DISPLAY", raising=False)
    findings = doctor(DoctorSettings(out=str(tmp_path)))
    assert all(finding.present != bool(finding.remedy) for finding in findings)
    assert "install EGL" in capsys.readouterr().out
    written = json.loads((tmp_path / "doctor.json").read_text())
    assert written["cores"]["detail"].startswith(str(len(os.sched_getaffinity(0))))
    assert written["rendering with egl"]["present"] is False


def test_a_backend_that_does_not_exist_is_reported_not_raised() -> None:
    (found,) = probe_rendering(backends=("egl",), timeout_s=0.01)
    assert not found.works
    assert "no frame within" in found.detail
    assert found.remedy.startswith("install EGL")


def test_one_working_backend_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "robolearn.rendering_probe._PROGRAM", "import os; assert os.environ['MUJOCO_GL'] == 'egl'"
    )
    egl, osmesa = probe_rendering()
    assert egl.works
    assert not osmesa.works
    assert "AssertionError" in osmesa.detail
    assert osmesa.remedy.startswith("not needed")
