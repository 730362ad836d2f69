"""Finds robot descriptions (URDF and meshes) of the `example-robot-data` package."""

from importlib import metadata
from pathlib import Path

from robolearn.errors import UserError

_ROBOTS_IN_DISTRIBUTION = "cmeel.prefix/share/example-robot-data/robots"


def description_directory(name: str) -> Path:
    """Directory of one robot's description, such as `panda_description`.

    Raises UserError when the package or the robot is not installed.
    """
    try:
        distribution = metadata.distribution("example-robot-data")
    except metadata.PackageNotFoundError:
        raise UserError("robot descriptions are missing: pip install example-robot-data") from None
    directory = Path(str(distribution.locate_file(_ROBOTS_IN_DISTRIBUTION))) / name
    if not directory.is_dir():
        raise UserError(f"example-robot-data {distribution.version} has no robot '{name}'")
    return directory
