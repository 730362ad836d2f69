"""Videos of episodes: run again from their seed and actions, and written as mp4 or GIF."""

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from robolearn.environment import BatchedEnvironment
from robolearn.errors import UserError, unknown_name
from robolearn.evaluation.action_log import RecordedEpisode
from robolearn.storage import write_bytes

WIDTH, HEIGHT = 400, 300
CAMERA = "front"
SPEED = 3
"""Times as fast as real time that videos play."""

FRAME_RATE = 30.0
"""Pictures a second of a video, at most [Hz]; a browser shows no more, and each takes long to draw."""

logger = logging.getLogger(__name__)

Frame = NDArray[np.uint8]


class Renderer(Protocol):
    """What `envs.registry.make_renderer` returns."""

    def render(self, env_id: int) -> Frame:
        """An (H, W, 3) picture of one world as it is now."""
        ...

    def close(self) -> None:
        """Release the graphics context."""
        ...


def record_outcomes(
    kept: Mapping[bool, RecordedEpisode], make_world: Callable[[], BatchedEnvironment], out: Path
) -> dict[str, Any]:
    """Write `success.mp4` and `failure.mp4` into `out`; returns what was written, by outcome.

    make_world: one like those that the episodes ran in

    Where nothing can be rendered, or no episode had that outcome, it says so in one line and goes on.
    """
    written: dict[str, Any] = {}
    for success, name in ((True, "success"), (False, "failure")):
        if success not in kept:
            logger.info("no video of a %s: no episode of this run was one", name)
            continue
        path = out / f"{name}.mp4"
        if not _write_episode(path, kept[success], make_world()):
            break
        written[name] = {"file": path.name, "episode": kept[success].episode, "speed": SPEED}
    return written


def _write_episode(path: Path, episode: RecordedEpisode, environment: BatchedEnvironment) -> bool:
    """Close the environment; false, after one line that says why, where nothing can be rendered."""
    from envs.registry import make_renderer

    try:
        renderer = make_renderer(environment, WIDTH, HEIGHT, CAMERA)
    except UserError as error:
        logger.warning("no video: %s", error)
        environment.close()
        return False
    try:
        every = max(1, round(SPEED * environment.spec.control_rate_hz / FRAME_RATE))
        frames = tqdm(
            replay(environment, renderer, episode, every),
            total=len(episode.actions) // every + 1,
            desc=path.name,
            unit="frame",
            disable=None,
            leave=False,
        )
        write_video(path, frames, SPEED * environment.spec.control_rate_hz / every)
    finally:
        renderer.close()
        environment.close()
    return True


def replay(
    environment: BatchedEnvironment, renderer: Renderer, episode: RecordedEpisode, every: int = 1
) -> Iterator[Frame]:
    """Pictures of the episode, which runs again in world 0: the first, and one every so many steps."""
    environment.reset(torch.tensor([episode.seed]), torch.tensor([0]))
    yield renderer.render(0)
    for step, action in enumerate(episode.actions, start=1):
        environment.step(action.expand(environment.num_envs, -1))
        if step % every == 0:
            yield renderer.render(0)


def write_video(path: Path, frames: Iterable[Frame], frame_rate_hz: float) -> None:
    """Write (H, W, 3) uint8 frames of even width and height to `path`, .mp4 (H.264) or .gif, atomically.

    Raises UserError for another suffix, and as `storage.disk_errors`.
    """
    writers = {".mp4": _mp4, ".gif": _gif}
    if path.suffix not in writers:
        raise unknown_name("video suffix", path.suffix, writers)
    write_bytes(path, writers[path.suffix](frames, frame_rate_hz))


def _mp4(frames: Iterable[Frame], frame_rate_hz: float) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, mode="w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(frame_rate_hz).limit_denominator(1000))
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "26", "preset": "veryfast"}
        for index, frame in enumerate(frames):
            if index == 0:
                stream.height, stream.width = frame.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return buffer.getvalue()


def _gif(frames: Iterable[Frame], frame_rate_hz: float) -> bytes:
    pictures = [Image.fromarray(frame).quantize(colors=128) for frame in frames]
    buffer = io.BytesIO()
    milliseconds = round(1000 / frame_rate_hz)
    pictures[0].save(
        buffer, "gif", save_all=True, append_images=pictures[1:], duration=milliseconds, loop=0, optimize=True
    )
    return buffer.getvalue()
