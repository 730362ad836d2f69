"""`robolearn export`: a simulated model as a file."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from robolearn.errors import UserError, unknown_name
from robolearn.export.settings import ExportSettings
from robolearn.storage import write_bytes

if TYPE_CHECKING:
    import mujoco


def export(settings: ExportSettings) -> Path:
    """Write the model to the file `settings.out`; returns its path.

    Raises UserError for a model or format that there is not, and as `storage.write_bytes`.
    """
    if settings.format not in _FORMATS:
        raise unknown_name("format", settings.format, _FORMATS)
    out = Path(settings.out)
    if out.is_dir():
        raise UserError(f"out={out} is a folder: name a file in it, such as out={out / settings.model}.xml")
    from envs.registry import make_model

    write_bytes(out, _FORMATS[settings.format](make_model(settings.model, looks=settings.looks)))
    sys.stdout.write(f"{settings.model} as {settings.format}\n  {out}\n")
    return out


def _mjcf(spec: "mujoco.MjSpec") -> bytes:
    """The compiled model as MuJoCo's XML, meshes and all in one file."""
    import numpy as np

    for body in spec.bodies:
        # MuJoCo leaves out an inertia whose place nobody gave, and then misses it.
        if body.explicitinertial and np.isnan(body.ipos).any():
            body.ipos[:] = 0.0
    spec.compile()
    return spec.to_xml().encode()


_FORMATS: Final[Mapping[str, Callable[["mujoco.MjSpec"], bytes]]] = {"mjcf": _mjcf}
