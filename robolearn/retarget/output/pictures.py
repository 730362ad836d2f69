"""What colours a source's video has: a few of an episode's pictures stand for all of them."""

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from robolearn.data.statistics import LEVELS, colour_histogram
from robolearn.retarget.output.cut import Cut
from robolearn.retarget.sources.refusal import Fault


def picture_histogram(cut: Cut) -> NDArray[np.int64]:
    """Levels of the channels over `cut.pictures`, (3, 256).

    Raises Fault, whose sentence continues one about the video, where one of them cannot be decoded.
    """
    histogram = np.zeros((3, LEVELS), dtype=np.int64)
    try:
        with av.open(cut.path) as container:
            stream = container.streams.video[0]
            for stamp in cut.pictures:
                container.seek(stamp, stream=stream)
                shown = (frame for frame in container.decode(stream) if (frame.pts or 0) >= stamp)
                frame = next(shown, None)
                if frame is None:
                    raise Fault(f"has no picture at time stamp {stamp}")
                histogram += colour_histogram(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
    except FFmpegError as error:
        raise Fault(f"cannot be decoded: {error.strerror}") from error
    return histogram
