"""Folders are found, and the cache follows the XDG specification."""

from pathlib import Path

import pytest

from robolearn import paths


def test_a_checkout_uses_its_own_folders() -> None:
    assert (paths.configuration_directory() / "train.yaml").is_file()
    assert paths.assets_directory().is_dir()


def test_an_installed_wheel_uses_its_copies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "robolearn")
    assert paths.repository_root() is None
    assert paths.configuration_directory() == tmp_path / "robolearn" / "_conf"


@pytest.mark.parametrize(
    ("xdg", "expected"), [("/c", "/c/robolearn"), ("", "/h/.cache/robolearn"), ("rel", "/h/.cache/robolearn")]
)
def test_cache(monkeypatch: pytest.MonkeyPatch, xdg: str, expected: str) -> None:
    monkeypatch.setenv("HOME", "/h")
    monkeypatch.setenv("XDG_CACHE_HOME", xdg)
    assert paths.cache_directory() == Path(expected)
