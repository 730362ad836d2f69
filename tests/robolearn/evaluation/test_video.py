from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from robolearn.errors import UserError
from robolearn.evaluation.video import write_video


def frames(count: int = 12) -> list[np.ndarray]:
    return [np.full((48, 64, 3), 20 * index, dtype=np.uint8) for index in range(count)]


def test_mp4_has_every_frame_in_order(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", frames(), 30.0)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, float(stream.average_rate or 0)) == (64, 48, 30.0)
        levels = [frame.to_ndarray(format="rgb24").mean() for frame in container.decode(stream)]
    np.testing.assert_allclose(levels, 20.0 * np.arange(12), atol=6)


def test_gif_has_every_frame(tmp_path: Path) -> None:
    write_video(tmp_path / "a.gif", frames(), 20.0)
    with Image.open(tmp_path / "a.gif") as picture:
        assert (picture.size, getattr(picture, "n_frames", 1)) == ((64, 48), 12)
        assert picture.info["duration"] == 50


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"did you mean '\.mp4'"):
        write_video(tmp_path / "a.mpg4", frames(), 30.0)
