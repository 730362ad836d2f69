"""Runs recorded episodes again in front of a camera."""

from collections.abc import Iterator
from typing import Protocol

import torch

from robolearn.data.episode import Episode
from robolearn.data.layout import VideoFormat
from robolearn.data.settings import CollectSettings
from robolearn.data.video import Film, Frame, film
from robolearn.environment import BatchedEnvironment, episode_seeds

CAMERA = "front"
FORMAT = VideoFormat(key=f"observation.images.{CAMERA}", width=320, height=240)
"""ResiP's policies see 320 x 240 pixels."""


class Renderer(Protocol):
    """What `envs.registry.make_renderer` returns."""

    def render(self, env_id: int) -> Frame:
        """An (H, W, 3) picture of one world as it is now."""
        ...

    def close(self) -> None:
        """Release the graphics context."""
        ...


class Studio:
    """One world with a camera. Raises UserError where nothing can be rendered."""

    def __init__(self, settings: CollectSettings) -> None:
        from envs.registry import make_environment, make_renderer

        self._seed = settings.seed
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
        return film(self._pictures(index, episode), self._environment.spec.control_rate_hz)

    def close(self) -> None:
        """Release the world and the camera."""
        self._renderer.close()
        self._environment.close()

    def _pictures(self, index: int, episode: Episode) -> Iterator[Frame]:
        device = self._environment.device
        seeds = episode_seeds(self._seed, index, 1).to(device)
        self._environment.reset(seeds, torch.tensor([0], device=device))
        for action in episode.action:
            yield self._renderer.render(0)
            self._environment.step(action[None].to(device))
