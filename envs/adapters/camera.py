"""Pictures for Gymnasium's `render`: the renderer is made when the first one is asked for."""

from typing import Any

from numpy.typing import NDArray

from envs.adapters.spaces import METADATA
from envs.registry import Renderer, make_renderer
from robolearn.environment import BatchedEnvironment
from robolearn.errors import unknown_name


class LazyCamera:
    """A camera on the worlds of a batch. Raises UserError for a render mode that there is not.

    render_mode: None for no pictures
    camera, width, height: see `envs.registry.make_renderer`
    """

    def __init__(
        self, batch: BatchedEnvironment, render_mode: str | None, camera: str, width: int, height: int
    ) -> None:
        if render_mode is not None and render_mode not in METADATA["render_modes"]:
            raise unknown_name("render_mode", render_mode, METADATA["render_modes"])
        self._batch = batch
        self._picture = width, height, camera
        self._active = render_mode is not None
        self._renderer: Renderer | None = None

    def pictures(self, worlds: int) -> tuple[NDArray[Any], ...] | None:
        """(H, W, 3) pictures of the first `worlds` worlds, or None without a render mode."""
        if not self._active:
            return None
        if self._renderer is None:
            self._renderer = make_renderer(self._batch, *self._picture)
        return tuple(self._renderer.render(world) for world in range(worlds))

    def close(self) -> None:
        """Release the graphics context."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None
