"""Pictures of an episode as an H.264 video that LeRobot can seek in."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import av
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load, save

from robolearn.data.statistics import LEVELS, colour_histogram
from robolearn.errors import UserError
from robolearn.evaluation.video import Frame

_ENCODER = {"crf": "23", "g": "2", "bf": "0", "preset": "veryfast", "threads": "1"}
"""Two frames a key frame, since training reads single frames in any order (LeRobot encodes so, too); one
thread, since x264's bytes depend on their number."""


@dataclass(frozen=True)
class Film:
    """An encoded video.

    mp4: the file
    histogram: levels of its channels, (3, 256)
    frames: how many pictures it has
    """

    mp4: bytes
    histogram: NDArray[np.int64]
    frames: int

    def to_bytes(self) -> bytes:
        """As a safetensors file."""
        return save(
            {
                "mp4": torch.frombuffer(bytearray(self.mp4), dtype=torch.uint8),
                "histogram": torch.from_numpy(self.histogram),
                "frames": torch.tensor(self.frames),
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes, origin: str) -> Self:
        """From what `to_bytes` made. Raises UserError, which names `origin`, for anything else."""
        try:
            tensors = load(content)
            mp4 = tensors["mp4"].numpy().tobytes()
            return cls(mp4, tensors["histogram"].numpy(), int(tensors["frames"]))
        except (SafetensorError, KeyError, ValueError) as error:
            raise UserError(f"{origin} is not a video in waiting: {str(error).splitlines()[0]}") from error


def film(pictures: Iterable[Frame], rate_hz: float) -> Film:
    """Encode (H, W, 3) uint8 pictures of even height and width, shown at `rate_hz`."""
    buffer = io.BytesIO()
    histogram = np.zeros((3, LEVELS), dtype=np.int64)
    frames = 0
    with av.open(buffer, mode="w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=Fraction(rate_hz).limit_denominator(1000))
        stream.pix_fmt = "yuv420p"
        stream.options = dict(_ENCODER)
        for picture in pictures:
            if not frames:
                stream.height, stream.width = picture.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            histogram += colour_histogram(picture)
            frames += 1
        container.mux(stream.encode())
    return Film(buffer.getvalue(), histogram, frames)
