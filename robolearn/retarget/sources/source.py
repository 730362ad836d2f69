"""What every source of trajectories offers, and how to read one to its end."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from robolearn.retarget.sources.refusal import EpisodeRefused
from robolearn.retarget.trajectory import HandTrajectory


class Source(Protocol):
    """A folder of episodes, of which one at a time is in memory.

    kind: what is said about it in messages
    folder: where it is
    """

    kind: str
    folder: Path

    def names(self) -> list[str]:
        """Names of all episodes, sound or not, in a fixed order."""
        ...

    def read(self, name: str) -> HandTrajectory:
        """The episode `name`. Raises EpisodeRefused when anything is wrong with it."""
        ...


def stream(source: Source, names: Iterable[str] | None = None) -> Iterator[HandTrajectory | EpisodeRefused]:
    """All episodes in order, or those of `names`; in place of a bad one comes the refusal that names it."""
    for name in source.names() if names is None else names:
        try:
            yield source.read(name)
        except EpisodeRefused as refusal:
            yield refusal


def source_fingerprint(source: Source, names: Sequence[str]) -> str:
    """What tells sources apart: their episodes' names, and what the first one that can be read holds."""
    digest = hashlib.sha256("\n".join(names).encode())
    first = next((each for each in stream(source, names) if isinstance(each, HandTrajectory)), None)
    if first is not None:
        for array in (first.hand_position, first.hand_quaternion, first.gripper):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
