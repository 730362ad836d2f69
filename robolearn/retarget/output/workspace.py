"""Where retargeted episodes wait until all are done, so that a killed run goes on, to the same dataset."""

import hashlib
import json
import logging
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from robolearn.checkpoint import code_version
from robolearn.data.assembly import assembled, refuse_older, write_json_content
from robolearn.data.layout import RECORD
from robolearn.data.staging import require_same_settings
from robolearn.errors import UserError
from robolearn.retarget.groups import LeftOut
from robolearn.retarget.output.dataset import TripletWriter
from robolearn.retarget.output.intake import check_columns, mean_errors, prepared
from robolearn.retarget.output.record import RECORD_FORMAT, Provenance, position_error, record, summary
from robolearn.retarget.output.shape import most_common, shape_of
from robolearn.retarget.output.staged import read_header
from robolearn.retarget.retargeted import RetargetedEpisode
from robolearn.retarget.sources.refusal import Fault
from robolearn.storage import disk_errors, read_json, write_bytes, write_json

STAGING: Final = ".retargeting"
_RUN: Final = "run.json"
_OUTCOME: Final = re.compile(r"(?P<place>\d+)\.(?:safetensors|json)")
_WHAT: Final = "a retargeting"

logger = logging.getLogger(__name__)


class Workspace:
    """The episodes of one run, finished in any order; their place in the source names their files."""

    def __init__(self, out: Path, identity: Mapping[str, Any], names: Sequence[str]) -> None:
        """Look at what a killed run may have left; nothing is written yet.

        out: where the dataset will be
        identity: what determines the episodes, as a tree of JSON
        names: of all episodes of the source, in its order

        Raises UserError when `out` holds a dataset or episodes that other settings or another source
        determined, naming the first that differs, or something foreign.
        """
        self._out = out
        self._staging = out / STAGING
        self._names = list(names)
        self._places = {name: place for place, name in enumerate(names)}
        self._settings = _flat(identity) | _episodes(names)
        if self.finished() is not None:
            return
        if not self._outcomes():
            refuse_older(out)
            return
        earlier = read_json(self._staging / _RUN)
        require_same_settings(out, earlier.get("settings"), self._settings, _WHAT)
        if earlier.get("code_version") != code_version():
            logger.warning("%s was begun by another version of the code: its episodes are kept", out)

    def finished(self) -> dict[str, Any] | None:
        """What `finish` returned, if these settings' dataset is complete."""
        if not (self._out / RECORD).is_file():
            return None
        found = read_json(self._out / RECORD)
        if found.get("format") != RECORD_FORMAT:
            refuse_older(self._out)
        require_same_settings(self._out, found.get("settings"), self._settings, _WHAT)
        return summary(found)

    def done(self) -> set[str]:
        """Names of the episodes that are kept or left out already."""
        return {self._names[place] for place in self._outcomes()}

    def keep(self, episode: RetargetedEpisode) -> bool:
        """Keep a finished episode, or leave it out because its videos cannot be copied: then False.

        Raises EpisodeRefused for columns that are not what they should be, and as `storage.disk_errors`.
        """
        check_columns(episode)
        try:
            content = prepared(episode)
        except Fault as fault:
            self.leave_out(episode.name, str(fault), position_error(mean_errors(episode.columns)))
            return False
        self._claim()
        write_bytes(self._path(episode.name, "safetensors"), content)
        return True

    def leave_out(self, name: str, reason: str, error: float | None = None) -> None:
        """Keep that an episode will not be in the dataset. Raises as `storage.disk_errors`.

        reason: one line
        error: mean distance of the hands from where they should be [m], if anything was simulated
        """
        self._claim()
        write_json(self._path(name, "json"), asdict(LeftOut(name, reason, error)))

    def finish(self, provenance: Provenance) -> dict[str, Any]:
        """Write the dataset, in the source's order, and remove what waited; returns its summary.

        Episodes whose videos, or lack of them, differ from those of most are left out, too: a dataset has
        the same cameras and the same rate throughout.

        Raises UserError when no episode was kept, and StorageError when the disk refuses.
        """
        if (found := self.finished()) is None:
            found = self._assemble(provenance)
        with disk_errors(self._staging):
            if self._staging.is_dir():
                shutil.rmtree(self._staging)
        return found

    def _assemble(self, provenance: Provenance) -> dict[str, Any]:
        left_out = {name: self._left_out(name) for name in self._names if self._path(name, "json").is_file()}
        paths = {name: self._path(name, "safetensors") for name in self._names if name not in left_out}
        headers = {name: read_header(path) for name, path in paths.items()}
        if not headers:
            raise UserError(f"no episode of {provenance.source} was kept: {_first_reason(left_out)}")
        shape = most_common(headers.values())
        for name in list(headers):
            if (own := shape_of(headers[name])) != shape:
                error = position_error(headers.pop(name).tracking_error)
                left_out[name] = LeftOut(name, f"it has {own}, most episodes have {shape}", error)
        in_order = [left_out[name] for name in self._names if name in left_out]
        found = record(self._settings, provenance, list(headers.values()), in_order, shape)
        with assembled(self._out) as folder:
            TripletWriter(folder, [(paths[name], headers[name]) for name in headers], shape).write()
            write_json_content(folder, RECORD, found)
        return summary(found)

    def _outcomes(self) -> list[int]:
        """Places of the episodes that are done."""
        if not self._staging.is_dir():
            return []
        found = [_OUTCOME.fullmatch(entry.name) for entry in self._staging.iterdir()]
        return [int(outcome["place"]) for outcome in found if outcome]

    def _claim(self) -> None:
        # Settings that nothing came of are another run's.
        if not self._outcomes():
            write_json(self._staging / _RUN, {"settings": self._settings, "code_version": code_version()})

    def _left_out(self, name: str) -> LeftOut:
        path = self._path(name, "json")
        try:
            return LeftOut(**read_json(path))
        except TypeError as error:
            raise UserError(f"{path} is damaged: {error}") from error

    def _path(self, name: str, suffix: str) -> Path:
        return self._staging / f"{self._places[name]:06d}.{suffix}"


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Leaves by their way through the tree, such as `mapping.lateral`, as JSON reads them back."""
    leaves: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            leaves |= _flat(value, f"{prefix}{key}.")
        else:
            leaves[f"{prefix}{key}"] = json.loads(json.dumps(value))
    return leaves


def _episodes(names: Sequence[str]) -> dict[str, Any]:
    """What tells sources apart whose episodes are others: their places would mean something else."""
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    return {"source_episodes": len(names), "source_episodes_sha256": digest}


def _first_reason(left_out: Mapping[str, LeftOut]) -> str:
    return next(
        (f"{each.name} was left out because {each.reason}" for each in left_out.values()), "it has none"
    )
