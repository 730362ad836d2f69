"""Where a run lives, and the settings that it was begun with."""

import dataclasses
from pathlib import Path
from typing import Protocol, TypeVar, cast

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from robolearn.errors import UserError
from robolearn.storage import existing_directory, read_json, write_json

SETTINGS = "settings.json"
TRAINING_STATE = "training_state"


class RunSettings(Protocol):
    """What every kind of run has."""

    out: str
    resume: str | None
    minutes: float


Settings = TypeVar("Settings", bound=RunSettings)


def open_run(settings: Settings) -> tuple[Settings, Path]:
    """The settings that count and the run's directory.

    A new run writes its settings; one that goes on reads them, and takes only `minutes` from the call.
    Raises UserError when `resume` names no run, or `out` already holds one.
    """
    if settings.resume is not None:
        return _resumed(settings, Path(settings.resume))
    out = Path(settings.out)
    if existing_directory(out / TRAINING_STATE).exists():
        raise UserError(f"out={out} already holds a run: go on with resume={out}, or choose another out")
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / SETTINGS, dataclasses.asdict(settings))  # pyright: ignore[reportArgumentType]
    return settings, out


def _resumed(settings: Settings, out: Path) -> tuple[Settings, Path]:
    if not out.is_dir():
        raise UserError(f"resume={out} does not exist")
    saved = read_json(out / SETTINGS) | {"minutes": settings.minutes, "out": str(out), "resume": str(out)}
    try:
        merged = OmegaConf.merge(OmegaConf.structured(type(settings)), saved)
    except OmegaConfBaseException as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{out / SETTINGS} is not of a run of this algorithm: {reason}") from error
    return cast(Settings, OmegaConf.to_object(merged)), out
