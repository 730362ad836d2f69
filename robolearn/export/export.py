"""`robolearn export`: a simulated model or a trained policy as a file."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from robolearn.errors import UserError, unknown_name
from robolearn.export.settings import ExportSettings
from robolearn.storage import write_bytes

if TYPE_CHECKING:
    import mujoco


@dataclass(frozen=True)
class Format:
    """How a file is made.

    source: the setting that names what is exported
    suffix: of the file
    content: from the settings
    """

    source: str
    suffix: str
    content: Callable[[ExportSettings], bytes]


def export(settings: ExportSettings) -> Path:
    """Write the model or policy to the file `settings.out`; returns its path.

    Raises UserError for a model, policy or format that cannot be exported, and as `storage.write_bytes`.
    """
    name = _checked_name(settings)
    out = Path(settings.out)
    if out.is_dir():
        example = out / f"{Path(name).name}.{_FORMATS[settings.format].suffix}"
        raise UserError(f"out={out} is a folder: name a file in it, such as out={example}")
    write_bytes(out, _FORMATS[settings.format].content(settings))
    sys.stdout.write(f"{name} as {settings.format}\n  {out}\n")
    return out


def _checked_name(settings: ExportSettings) -> str:
    """What is exported. Raises UserError for settings that contradict each other."""
    if settings.format not in _FORMATS:
        raise unknown_name("format", settings.format, _FORMATS)
    given = {"model": settings.model, "checkpoint": settings.checkpoint}
    named = {source: name for source, name in given.items() if name is not None}
    if not named:
        raise UserError("nothing to export: give model=NAME, or checkpoint=DIR format=onnx")
    texts = [f"{source}={name}" for source, name in named.items()]
    if len(named) > 1:
        raise UserError(f"{' and '.join(texts)} exclude each other: give one of them")
    source = _FORMATS[settings.format].source
    if source not in named:
        fitting = next(name for name, other in _FORMATS.items() if other.source in named)
        raise UserError(
            f"{texts[0]} cannot be exported with format={settings.format}, which takes a {source}: "
            f"give format={fitting}"
        )
    if settings.looks and source != "model":
        raise UserError(f"{texts[0]} has no looks: leave looks=true out")
    return named[source]


def _mjcf(settings: ExportSettings) -> bytes:
    from envs.registry import make_model

    assert settings.model is not None
    return _compiled_xml(make_model(settings.model, looks=settings.looks))


def _compiled_xml(spec: "mujoco.MjSpec") -> bytes:
    """The compiled model as MuJoCo's XML, meshes and all in one file."""
    import numpy as np

    for body in spec.bodies:
        # MuJoCo leaves out an inertia whose place nobody gave, and then misses it.
        if body.explicitinertial and np.isnan(body.ipos).any():
            body.ipos[:] = 0.0
    spec.compile()
    return spec.to_xml().encode()


def _onnx(settings: ExportSettings) -> bytes:
    from robolearn.export.worker_onnx import checkpoint_onnx

    assert settings.checkpoint is not None
    return checkpoint_onnx(settings.checkpoint)


_FORMATS: Final[Mapping[str, Format]] = {
    "mjcf": Format("model", "xml", _mjcf),
    "onnx": Format("checkpoint", "onnx", _onnx),
}
