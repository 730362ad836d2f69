"""Recognises which kind of source a folder is."""

from pathlib import Path

from robolearn.data import layout as lerobot_layout
from robolearn.errors import UserError
from robolearn.retarget.sources import agibot_layout
from robolearn.retarget.sources.agibot import AgibotSource
from robolearn.retarget.sources.lerobot import LeRobotColumns, LeRobotSource
from robolearn.retarget.sources.source import Source

_EXPECTED = (
    f"neither an AgiBot World folder ({agibot_layout.PROPRIOCEPTION}/<task>/<episode>) "
    f"nor a LeRobot dataset ({lerobot_layout.INFO})"
)


def open_source(folder: str | Path, columns: LeRobotColumns | None = None) -> Source:
    """The source of trajectories in a folder.

    columns: where a LeRobot dataset has the hands; None for the names of converted AgiBot World

    Raises UserError for a folder that is none, or whose metadata are damaged.
    """
    folder = Path(folder)
    if not folder.exists():
        raise UserError(f"source {folder} does not exist")
    if not folder.is_dir():
        raise UserError(f"source {folder} is a file: expected a folder of AgiBot World or LeRobot")
    if _is_lerobot(folder):
        return LeRobotSource(folder, columns or LeRobotColumns())
    if _is_agibot(folder):
        return AgibotSource(folder)
    below = [path for path in sorted(folder.iterdir()) if _is_lerobot(path) or _is_agibot(path)]
    hint = f"; did you mean {below[0]}?" if below else ""
    raise UserError(f"{folder} is {_EXPECTED}{hint}")


def _is_lerobot(folder: Path) -> bool:
    return (folder / lerobot_layout.INFO).is_file()


def _is_agibot(folder: Path) -> bool:
    return (folder / agibot_layout.PROPRIOCEPTION).is_dir()
