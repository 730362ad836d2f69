"""Where trajectories come from: AgiBot World and LeRobot, read with suspicion."""

from robolearn.retarget.sources.opening import open_source
from robolearn.retarget.sources.refusal import EpisodeRefused
from robolearn.retarget.sources.source import Source, source_fingerprint, stream

__all__ = ["EpisodeRefused", "Source", "open_source", "source_fingerprint", "stream"]
