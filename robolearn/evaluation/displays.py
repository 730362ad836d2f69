"""Windows that show a running simulation: MuJoCo's own on a display, or its web viewer in a browser."""

import copy
import os
import sys
from typing import TYPE_CHECKING, Final, Protocol

import mujoco
import mujoco.viewer

from robolearn.errors import UserError, unknown_name
from robolearn.evaluation.driving import Steering

if TYPE_CHECKING:
    from envs.rendering.pictured_world import ShownWorld

_LOOPBACK = "127.0.0.1"
"""The web viewer has no password, so nobody but this machine may reach it; forward the port with ssh."""

_GLFW_KEYS: Final = {
    32: "Space",
    262: "RightArrow",
    263: "LeftArrow",
    264: "DownArrow",
    265: "UpArrow",
    266: "PageUp",
    267: "PageDown",
    268: "Home",
    269: "End",
}
"""Keys in Studio's spelling by the codes that the window tells."""


class Display(Protocol):
    """Shows the first world of a batch until somebody closes it."""

    @property
    def running(self) -> bool:
        """Whether it is still open."""
        ...

    def begin(self, world: "ShownWorld") -> None:
        """Show a new episode, whose model may differ from the one before."""
        ...

    def update(self, world: "ShownWorld") -> None:
        """Show the present state."""
        ...

    def close(self) -> None:
        """Close it, if nobody has done so already."""
        ...


def open_display(kind: str, title: str, port: int, steering: Steering | None = None) -> Display:
    """Open a window, or a web viewer on `port` of this machine, 0 for any free port from 8080 on.

    kind: window, web, or auto for a window where there is a display
    steering: follows what a person does in the viewer, which shows its command

    Raises UserError where the kind is unknown or does not work here.
    """
    if kind == "auto":
        kind = "window" if _has_display() else "web"
    if kind == "window":
        if not _has_display():
            raise UserError("viewer=window needs a display, and there is none: use viewer=web")
        return Window(steering)
    if kind == "web":
        return WebPage(title, port, steering)
    raise unknown_name("viewer", kind, ("auto", "window", "web"))


def _has_display() -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


class Window:
    """MuJoCo's passive viewer."""

    def __init__(self, steering: Steering | None = None) -> None:
        self._steering = steering
        self._viewer: mujoco.viewer.Handle | None = None

    @property
    def running(self) -> bool:
        """See Display.running."""
        return self._viewer is None or self._viewer.is_running()

    def begin(self, world: "ShownWorld") -> None:
        """See Display.begin."""
        if self._viewer is None:
            world.follow(0)
            self._viewer = mujoco.viewer.launch_passive(
                world.model,
                world.data,
                key_callback=None if self._steering is None else self._press,
                show_left_ui=False,
                show_right_ui=False,
            )
            _look_through_camera_of_model(self._viewer.cam, world.model)
        self.update(world)

    def update(self, world: "ShownWorld") -> None:
        """See Display.update."""
        assert self._viewer is not None
        with self._viewer.lock():
            world.follow(0)
        if self._steering is not None:
            self._viewer.set_texts((None, None, *self._steering.text()))
        self._viewer.sync()

    def _press(self, code: int) -> None:
        assert self._steering is not None
        self._steering.press(_GLFW_KEYS.get(code, ""))

    def close(self) -> None:
        """See Display.close."""
        if self._viewer is not None:
            self._viewer.close()


def _look_through_camera_of_model(view: mujoco.MjvCamera, model: mujoco.MjModel) -> None:
    """As the model asks, which the passive viewer does not do by itself."""
    if model.vis.global_.cameraid >= 0:
        view.type = mujoco.mjtCamera.mjCAMERA_FIXED.value
        view.fixedcamid = model.vis.global_.cameraid


class WebPage:
    """MuJoCo Studio's web viewer: the browser draws, so this machine needs no graphics at all."""

    def __init__(self, title: str, port: int, steering: Steering | None = None) -> None:
        from mujoco.studio import app, endpoints, launch_thread, plugin, viewer_protocol, web_viewer

        from robolearn.evaluation.driving_panel import DrivingPanel

        class LoopbackViewer(web_viewer.WebViewer):
            """Listens on this machine alone; the original takes every network interface."""

            @property
            def _host(self) -> str:
                return _LOOPBACK

            @_host.setter
            def _host(self, value: str) -> None:
                """Keep the loopback."""

        config = viewer_protocol.ViewerConfig(title=title, gfx="web", http_port=port)
        panels = [] if steering is None else [DrivingPanel(steering)]
        viewer_plugins, sim_plugins = plugin.split_plugins([app.App(), *panels])

        def serve(endpoint: endpoints.ViewerEndpoint) -> None:
            viewer = LoopbackViewer(config, endpoint, plugins=viewer_plugins)
            viewer_protocol.run_viewer_loop(viewer)

        self._handle = launch_thread.launch_thread(serve, sim_plugins=sim_plugins)

    @property
    def running(self) -> bool:
        """See Display.running."""
        return self._handle.is_running()

    def begin(self, world: "ShownWorld") -> None:
        """See Display.begin."""
        # A new model is taken over only under a new identity.
        world.follow(0)
        self._model = copy.copy(world.model)
        self._handle.sync(self._model, world.data)

    def update(self, world: "ShownWorld") -> None:
        """See Display.update."""
        world.follow(0)
        self._handle.sync(self._model, world.data)

    def close(self) -> None:
        """See Display.close."""
        self._handle.close()
