"""Where the project's own files are, in a checkout and in an installed wheel alike."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def repository_root() -> Path | None:
    """The checkout that this package is imported from, or None for an installed wheel."""
    root = _PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "conf").is_dir() else None


def _bundled(name: str) -> Path:
    """Folder `name` of the checkout, or its copy inside the installed package."""
    root = repository_root()
    return root / name if root else _PACKAGE / f"_{name}"


def configuration_directory() -> Path:
    """The Hydra tree, `conf/`."""
    return _bundled("conf")


def assets_directory() -> Path:
    """The project's own data, `assets/`."""
    return _bundled("assets")


def shipped_checkpoint(name: str) -> Path:
    """Folder of a checkpoint that comes with the project, such as g1_worker; it may not exist."""
    return assets_directory() / "checkpoints" / name


def cache_directory() -> Path:
    """This user's cache (converted meshes, ...), by the XDG base directory specification.

    A relative or empty `XDG_CACHE_HOME` is ignored, as the specification asks. The folder may not exist yet.
    """
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = configured if configured.is_absolute() else Path.home() / ".cache"
    return base / "robolearn"


def output_directory() -> Path:
    """Where verbs write unless `out=` says otherwise: `outputs/` under the working directory."""
    return Path.cwd() / "outputs"
