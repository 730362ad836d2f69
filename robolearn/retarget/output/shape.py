"""What all episodes of a dataset have in common: rate and cameras.

LeRobot finds a picture by its row's time stamp, so that rows come at the pictures' rate: with videos a
dataset has the videos' rate (30 Hz in AgiBot World), and each row is the control step nearest to its picture;
the column `control_step` says which. Without videos a dataset has every control step, at their own rate
(50 Hz). Which of both it is follows from what most of the source's episodes have.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from robolearn.data.layout import (
    DONE,
    VideoFormat,
    scalar_features,
    vector_feature,
    video_feature,
)
from robolearn.retarget.output.staged import Header
from robolearn.retarget.retargeted import COLUMNS

CONTROL_STEP: Final = "control_step"
CAMERAS: Final = "observation.images."
"""What LeRobot's names of cameras begin with."""


@dataclass(frozen=True)
class Shape:
    """Of a dataset.

    rate: rows a second [Hz]
    control_rate: control steps a second [Hz]
    videos: by camera's name in the source, in the order of these
    """

    rate: float
    control_rate: float
    videos: tuple[tuple[str, VideoFormat], ...]

    def __str__(self) -> str:
        shown = [
            f"{video.key} {video.width}x{video.height} {video.codec} {video.pixel_format}"
            for _, video in self.videos
        ]
        return f"{', '.join(shown) or 'no videos'} at {self.rate:g} Hz"

    def features(self) -> dict[str, dict[str, Any]]:
        """The dataset's columns, as `meta/info.json` lists them."""
        vectors = {name: vector_feature(spec) for name, spec in COLUMNS.items()}
        pictures = {video.key: video_feature(video, self.rate) for _, video in self.videos}
        return vectors | pictures | scalar_features({DONE: "bool", CONTROL_STEP: "int64"})


def shape_of(header: Header) -> Shape:
    """The shape of a dataset that holds this episode alone."""
    videos = tuple(
        (camera, VideoFormat(_feature(camera), cut.width, cut.height, cut.codec, cut.pixel_format))
        for camera, cut in sorted(header.cuts.items())
    )
    rates = [cut.rate for cut in header.cuts.values()]
    return Shape(rates[0] if rates else header.rate, header.rate, videos)


def most_common(headers: Iterable[Header]) -> Shape:
    """The shape of most episodes; among equals, that of the first."""
    counts = Counter(map(shape_of, headers))
    return max(counts, key=counts.__getitem__)


def rows_of(header: Header) -> int:
    """How many rows an episode has: as many as it has pictures of every camera, or control steps."""
    return min((cut.frames for cut in header.cuts.values()), default=header.steps)


def control_steps(header: Header) -> NDArray[np.int64]:
    """The control step of each row, (rows,): the one nearest in time."""
    rate = shape_of(header).rate
    nearest = np.floor(np.arange(rows_of(header)) * (header.rate / rate) + 0.5).astype(np.int64)
    return np.minimum(nearest, header.steps - 1)


def _feature(camera: str) -> str:
    """LeRobot's name of a camera, for a source of whichever kind."""
    return CAMERAS + camera.removeprefix(CAMERAS)
