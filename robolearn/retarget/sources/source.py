"""What every source of trajectories offers, and how to read one to its end."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

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
