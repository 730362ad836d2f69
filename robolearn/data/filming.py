"""Runs recorded episodes again in front of a camera."""

from itertools import islice

from robolearn.data.episode import Episode
from robolearn.data.layout import VideoFormat
from robolearn.data.settings import CollectSettings
from robolearn.data.video import Film, film
from robolearn.environment import BatchedEnvironment, episode_seeds
from robolearn.evaluation.action_log import RecordedEpisode
from robolearn.evaluation.video import CAMERA, Renderer, replay

FORMAT = VideoFormat(key=f"observation.images.{CAMERA}", width=320, height=240)
"""ResiP's policies see 320 x 240 pixels."""


class Studio:
    """One world with a camera. Raises UserError where nothing can be rendered."""

    def __init__(self, settings: CollectSettings, stream: int) -> None:
        """stream: the `episode_seeds` run that the episodes come from."""
        from envs.registry import make_environment, make_renderer

        self._stream = stream
        self._environment: BatchedEnvironment = make_environment(
            settings.task, 1, randomness=settings.randomness, disturbance=settings.disturbance, num_threads=1
        )
        try:
            self._renderer: Renderer = make_renderer(self._environment, FORMAT.width, FORMAT.height, CAMERA)
        except BaseException:
            self._environment.close()
            raise

    def film(self, index: int, episode: Episode) -> Film:
        """The video of attempt `index`: one picture before each step."""
        seed = int(episode_seeds(self._stream, index, 1))
        recorded = RecordedEpisode(index, seed, episode.success, episode.executed)
        pictures = replay(self._environment, self._renderer, recorded)
        return film(islice(pictures, len(episode)), self._environment.spec.control_rate_hz)

    def close(self) -> None:
        """Release the world and the camera."""
        self._renderer.close()
        self._environment.close()
