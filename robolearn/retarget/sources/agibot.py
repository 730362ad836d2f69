"""Episodes of AgiBot World as they are published, one at a time."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from robolearn.errors import UserError
from robolearn.retarget.quaternions import w_first
from robolearn.retarget.sources import agibot_layout as layout
from robolearn.retarget.sources.checks import (
    check_finite,
    check_length,
    check_position,
    closed_share,
    rate_of,
    unit_quaternions,
)
from robolearn.retarget.sources.hdf5 import has_field, open_hdf5, read_field, width_of
from robolearn.retarget.sources.json_lists import read_json_list
from robolearn.retarget.sources.refusal import EpisodeRefused, Fault
from robolearn.retarget.trajectory import HANDS, Clip, HandTrajectory

_NANOSECOND = 1e-9

_BASE_TRAVEL = 0.05
"""How far the base may move in an episode [m]. The hands move with it, and in which frame its own record is,
nobody published."""


class AgibotSource:
    """A folder with `proprio_stats/<task>/<episode>`; episodes are named `<task>/<episode>`."""

    kind = "AgiBot World"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._task = ""
        self._languages: dict[str, str] = {}

    def names(self) -> list[str]:
        """All episodes that have a folder, by task and episode."""
        root = self.folder / layout.PROPRIOCEPTION
        found = [path.relative_to(root).parts for path in root.glob("*/*") if path.is_dir()]
        found.sort(key=lambda parts: [_numerically(part) for part in parts])
        return ["/".join(parts) for parts in found]

    def read(self, name: str) -> HandTrajectory:
        """The episode `name`. Raises EpisodeRefused when anything is wrong with it."""
        try:
            task, _, episode = name.partition("/")
            language = self._language(task, episode)
            with open_hdf5(layout.proprioception_file(self.folder, task, episode)) as file:
                return _trajectory(name, file, language, self._videos(task, episode))
        except (Fault, UserError) as error:
            raise EpisodeRefused(name, str(error)) from error

    def _language(self, task: str, episode: str) -> str:
        if task != self._task:
            self._languages = _languages(layout.task_file(self.folder, task))
            self._task = task
        if episode not in self._languages:
            raise Fault(f"task_info/task_{task}.json does not say what it is about")
        return self._languages[episode]

    def _videos(self, task: str, episode: str) -> dict[str, Clip]:
        videos = layout.video_folder(self.folder, task, episode)
        return {path.stem: Clip(path) for path in sorted(videos.glob("*.mp4"))}


def _numerically(part: str) -> tuple[int, int, str]:
    """A key that sorts numbers by value, before names."""
    return (0, int(part), "") if part.isdecimal() else (1, 0, part)


def _languages(path: Path) -> dict[str, str]:
    """What each of a task's episodes is about. Raises UserError for a damaged file."""
    found: dict[str, str] = {}
    for entry in read_json_list(path):
        language = entry.get("task_name")
        if isinstance(language, str) and language.strip():
            found[str(entry.get("episode_id"))] = language.strip()
    return found


def _trajectory(name: str, file: h5py.File, language: str, videos: dict[str, Clip]) -> HandTrajectory:
    stamps = read_field(file, layout.TIMESTAMP, (), kind="iu").astype(np.int64)
    frames = len(stamps)
    check_length(frames)
    # Nanoseconds since 1970 do not fit into a float's mantissa: the difference does.
    rate = rate_of(layout.TIMESTAMP, (stamps - stamps[0]) * _NANOSECOND)
    position = read_field(file, layout.POSITION, (2, 3), frames).astype(np.float64)
    check_position(layout.POSITION, position)
    orientation = read_field(file, layout.ORIENTATION, (2, 4), frames).astype(np.float64)
    _check_base(file, frames)
    return HandTrajectory(
        name=name,
        rate=rate,
        hand_position=position,
        hand_quaternion=w_first(unit_quaternions(layout.ORIENTATION, orientation)),
        gripper=_gripper(file, frames),
        language=language,
        videos=videos,
    )


def _gripper(file: h5py.File, frames: int) -> NDArray[np.float64]:
    """How far the hands are closed (T, 2): as commanded, or as measured where no command is recorded."""
    name = layout.GRIPPER_ACTION
    commanded = has_field(file, name)
    if not commanded:
        name = layout.GRIPPER_STATE
    width = width_of(file, name)
    if width not in (2, 2 * layout.FINGERS):
        raise Fault(f"'{name}' has {width} entries a frame, expected 2 (grippers) or 12 (dexterous hands)")
    values: NDArray[Any] = read_field(file, name, (width,), frames).astype(np.float64)
    if width == 2:
        opened, closed = (0.0, 1.0) if commanded else (layout.OPEN_MM, layout.CLOSED_MM)
        return closed_share(name, values, opened, closed)
    hands = values.reshape(frames, len(HANDS), layout.FINGERS)
    check_finite(name, hands)
    return np.clip(np.abs(hands).mean(axis=-1) / layout.FIST, 0.0, 1.0)


def _check_base(file: h5py.File, frames: int) -> None:
    """Refuse an episode whose base drives about."""
    if not has_field(file, layout.BASE_POSITION):
        return
    position = read_field(file, layout.BASE_POSITION, (3,), frames).astype(np.float64)
    check_finite(layout.BASE_POSITION, position, ("x", "y", "z"))
    travel = float(np.ptp(position, axis=0).max())
    if travel > _BASE_TRAVEL:
        raise Fault(f"its base moves by {travel:.2f} m: hands are read up to {_BASE_TRAVEL} m")
