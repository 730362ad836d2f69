"""Windows that show a running simulation: MuJoCo's own on a display, or its web viewer in a browser."""

import os
import sys
from typing import Protocol

import mujoco
import mujoco.viewer
from mujoco.batch import Batch

from robolearn.errors import UserError, unknown_name

_LOOPBACK = "127.0.0.1"
"""The web viewer has no password, so nobody but this machine may reach it; forward the port with ssh."""


class Display(Protocol):
    """Shows world 0 of a batch until somebody closes it."""

    @property
    def running(self) -> bool:
        """Whether it is still open."""
        ...

    def begin(self, batch: Batch) -> None:
        """Show a new episode, whose model may differ from the one before."""
        ...

    def update(self, batch: Batch) -> None:
        """Show the present state."""
        ...

    def close(self) -> None:
        """Close it, if nobody has done so already."""
        ...


def open_display(kind: str, title: str, port: int) -> Display:
    """Open a window, or a web viewer on `port` of this machine, 0 for any free port from 8080 on.

    kind: window, web, or auto for a window where there is a display. Raises UserError where the kind is
    unknown or does not work here.
    """
    if kind == "auto":
        kind = "window" if _has_display() else "web"
    if kind == "window":
        if not _has_display():
            raise UserError("viewer=window needs a display, and there is none: use viewer=web")
        return Window()
    if kind == "web":
        return WebPage(title, port)
    raise unknown_name("viewer", kind, ("auto", "window", "web"))


def _has_display() -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


class Window:
    """MuJoCo's passive viewer."""

    def __init__(self) -> None:
        self._shown: tuple[mujoco.viewer.Handle, mujoco.MjModel, mujoco.MjData] | None = None

    @property
    def running(self) -> bool:
        """See Display.running."""
        return self._shown is None or self._shown[0].is_running()

    def begin(self, batch: Batch) -> None:
        """See Display.begin."""
        if self._shown is None:
            model, data = batch.get_model(0), batch.get_data(0)
            viewer = mujoco.viewer.launch_passive(model, data, show_left_ui=False, show_right_ui=False)
            self._shown = viewer, model, data
        viewer, model, _ = self._shown
        with viewer.lock():
            batch.get_model(0, model)
        self.update(batch)

    def update(self, batch: Batch) -> None:
        """See Display.update."""
        assert self._shown is not None
        viewer, _, data = self._shown
        with viewer.lock():
            batch.get_data(0, data)
        viewer.sync()

    def close(self) -> None:
        """See Display.close."""
        if self._shown is not None:
            self._shown[0].close()


class WebPage:
    """MuJoCo Studio's web viewer: the browser draws, so this machine needs no graphics at all."""

    def __init__(self, title: str, port: int) -> None:
        from mujoco.studio import app, endpoints, launch_thread, plugin, viewer_protocol, web_viewer

        class LoopbackViewer(web_viewer.WebViewer):
            """Listens on this machine alone; the original takes every network interface."""

            @property
            def _host(self) -> str:
                return _LOOPBACK

            @_host.setter
            def _host(self, value: str) -> None:
                """Keep the loopback."""

        config = viewer_protocol.ViewerConfig(title=title, gfx="web", http_port=port)
        viewer_plugins, sim_plugins = plugin.split_plugins([app.App()])

        def serve(endpoint: endpoints.ViewerEndpoint) -> None:
            viewer = LoopbackViewer(config, endpoint, plugins=viewer_plugins)
            viewer_protocol.run_viewer_loop(viewer)

        self._handle = launch_thread.launch_thread(serve, sim_plugins=sim_plugins)

    @property
    def running(self) -> bool:
        """See Display.running."""
        return self._handle.is_running()

    def begin(self, batch: Batch) -> None:
        """See Display.begin."""
        self._model = batch.get_model(0)
        self._data = batch.get_data(0)
        self._handle.sync(self._model, self._data)

    def update(self, batch: Batch) -> None:
        """See Display.update."""
        self._handle.sync(self._model, batch.get_data(0, self._data))

    def close(self) -> None:
        """See Display.close."""
        self._handle.close()
