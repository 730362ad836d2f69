"""What tests of scripts share."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from robolearn.paths import repository_root


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Any]:
    """Imports a module by its folder in `scripts/` and its name."""

    def load(folder: str, name: str) -> Any:
        root = repository_root()
        assert root is not None
        monkeypatch.syspath_prepend(str(root / "scripts" / folder))
        return importlib.import_module(name)

    return load
