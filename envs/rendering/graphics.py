"""An OpenGL context for drawing without a window, on whatever this machine has."""

import functools
import importlib
import os
import sys
from typing import Protocol

import mujoco

from robolearn.errors import UserError
from robolearn.rendering_probe import BACKENDS, probe_rendering


class GraphicsContext(Protocol):
    """What `mujoco.egl.GLContext` and its siblings have in common."""

    def make_current(self) -> None:
        """Let this thread draw in it."""
        ...

    def free(self) -> None:
        """Release it."""
        ...


def open_context(width: int, height: int) -> GraphicsContext:
    """A context for pictures of up to `width` x `height`. Raises UserError where nothing can be rendered."""
    if not sys.platform.startswith("linux"):
        return mujoco.GLContext(width, height)
    return importlib.import_module(f"mujoco.{_backend()}").GLContext(width, height)


@functools.cache
def _backend() -> str:
    """The first backend that renders here, or the one that MUJOCO_GL names.

    Tried in a process of its own, since a broken graphics driver may crash or hang the one that calls it.
    """
    wanted = os.environ.get("MUJOCO_GL", "").strip().lower()
    found = probe_rendering(backends=[wanted] if wanted in (*BACKENDS, "glfw") else BACKENDS)
    for rendering in found:
        if rendering.works:
            return rendering.backend
    reasons = "; ".join(f"{rendering.backend}: {rendering.detail}" for rendering in found)
    raise UserError(f"this machine does not render ({reasons}): {found[0].remedy}")
