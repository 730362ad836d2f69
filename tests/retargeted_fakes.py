"""Retargeted episodes and source videos for tests."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from robolearn.retarget.retargeted import COLUMNS, RetargetedEpisode
from robolearn.retarget.trajectory import Clip

SIDE = 32
"""Width and height of a picture [pixels]."""


def random_episode(
    name: str, steps: int, language: str = "pick up the cup", videos: Mapping[str, Clip] | None = None
) -> RetargetedEpisode:
    """Columns of noise, which the name determines."""
    stream = np.random.default_rng(list(name.encode()))
    columns = {
        column: stream.normal(size=(steps, spec.size)).astype(np.float32) for column, spec in COLUMNS.items()
    }
    return RetargetedEpisode(name, 50.0, columns, language, videos or {})


def write_pictures(
    path: Path, frames: int, options: Mapping[str, str], stamps: Sequence[int] | None = None
) -> Path:
    """A video of `frames` pictures that all differ, 30 a second; stamps: when instead [1/30 s]."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width = stream.height = SIDE
        stream.pix_fmt = "yuv420p"
        stream.options = {"threads": "1", "preset": "veryfast", **options}
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(_picture(number), format="rgb24")
            picture.pts = number if stamps is None else stamps[number]
            picture.time_base = Fraction(1, 30)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def _picture(number: int) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    channels = (rows * 8, columns * 8, (rows + columns + 17 * number) % 256)
    return np.stack(channels, -1).astype(np.uint8)


def read_pictures(path: Path) -> tuple[list[float], NDArray[np.uint8]]:
    """Times [s] and pictures (F, SIDE, SIDE, 3) of a video."""
    with av.open(str(path)) as container:
        shown: list[Any] = list(container.decode(video=0))
    return [frame.time for frame in shown], np.stack([frame.to_ndarray(format="rgb24") for frame in shown])


def content(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, by its path in there."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
