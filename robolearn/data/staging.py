"""Where finished episodes wait until the dataset is complete: one small file each, written at once."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robolearn.checkpoint import code_version
from robolearn.data.episode import Episode
from robolearn.data.video import Film
from robolearn.errors import UserError
from robolearn.storage import read_json, write_bytes, write_json

_RUN = "run.json"
_ATTEMPT = re.compile(r"(?P<kind>success|failure)-(?P<index>\d+)\.\w+")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """An attempt that did not succeed.

    steps: it took
    phase: name of the furthest stage reached
    fault: the physics diverged
    """

    steps: int
    phase: str
    fault: bool


class Staging:
    """The waiting room of one run; whatever has a file in it never runs again."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        """Look at what a killed run may have left; nothing is written yet.

        settings: what determines the episodes

        Raises UserError when episodes wait in the folder that other settings determined.
        """
        self._folder = folder
        self._run = {"settings": dict(settings), "code_version": code_version()}
        if not self.outcomes():
            return
        earlier = read_json(folder / _RUN)
        require_same_settings(folder.parent, earlier.get("settings"), settings)
        if earlier.get("code_version") != self._run["code_version"]:
            logger.warning("%s was begun by another version of the code: its episodes are kept", folder)

    def begin(self) -> None:
        """Claim the folder for these settings. Raises as `storage.disk_errors`."""
        if not self.outcomes():
            write_json(self._folder / _RUN, self._run)

    def outcomes(self) -> dict[int, bool]:
        """Finished attempts, and whether they succeeded."""
        if not self._folder.is_dir():
            return {}
        names = [_ATTEMPT.fullmatch(entry.name) for entry in self._folder.iterdir()]
        return {int(name["index"]): name["kind"] == "success" for name in names if name}

    def has_film(self, index: int) -> bool:
        """Whether the episode was filmed."""
        return self._path("video", index).is_file()

    def add_success(self, index: int, episode: Episode) -> None:
        """Keep a successful episode. Raises as `storage.disk_errors`."""
        write_bytes(self._path("success", index), episode.to_bytes())

    def add_failure(self, index: int, failure: Failure) -> None:
        """Keep that an attempt failed. Raises as `storage.disk_errors`."""
        record = {"steps": failure.steps, "phase": failure.phase, "fault": failure.fault}
        write_json(self._path("failure", index), record)

    def add_film(self, index: int, film: Film) -> None:
        """Keep an episode's video. Raises as `storage.disk_errors`."""
        write_bytes(self._path("video", index), film.to_bytes())

    def episode(self, index: int) -> Episode:
        """A successful episode. Raises UserError for a damaged file."""
        path = self._path("success", index)
        return Episode.from_bytes(path.read_bytes(), str(path))

    def failure(self, index: int) -> Failure:
        """What is known about a failed attempt. Raises UserError for a damaged file."""
        path = self._path("failure", index)
        try:
            return Failure(**read_json(path))
        except TypeError as error:
            raise UserError(f"{path} is damaged: {error}") from error

    def film(self, index: int) -> Film:
        """An episode's video. Raises UserError for a damaged file."""
        path = self._path("video", index)
        return Film.from_bytes(path.read_bytes(), str(path))

    def _path(self, kind: str, index: int) -> Path:
        suffix = "json" if kind == "failure" else "safetensors"
        return self._folder / f"{kind}-{index:06d}.{suffix}"


def require_same_settings(
    out: Path, earlier: Any, settings: Mapping[str, Any], what: str = "a collection"
) -> None:
    """Raise UserError, which names the first key that differs, unless a run in `out` had these settings.

    earlier: the settings that a file says it had
    what: the run made
    """
    if not isinstance(earlier, dict):
        raise UserError(f"{out} holds {what} whose record is damaged: choose another out")
    for key, value in settings.items():
        if earlier.get(key) != value:
            raise UserError(
                f"{out} holds {what} with {key}={_shown(earlier.get(key))}, not {key}={_shown(value)}: "
                "choose another out"
            )


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
