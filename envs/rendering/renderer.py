"""Draws worlds of a batch, one at a time, only when somebody asks."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from envs.rendering.graphics import open_context
from envs.rendering.marks import Marks, draw
from envs.rendering.pictured_world import PicturedWorld
from envs.simulation import Simulation
from robolearn.errors import unknown_name

Frame = NDArray[np.uint8]

_MAX_GEOMS = 2000

_OVERSAMPLING = 2
"""Pictures are drawn twice as wide and high, and averaged: in software that is cheaper than multisampling."""


class WorldRenderer:
    """Pictures of `width` x `height` pixels of a simulation's worlds, through one camera.

    spec: see `PicturedWorld`
    marks: what is drawn besides

    Raises UserError for a camera that it does not have, and where nothing can be rendered.
    """

    def __init__(
        self,
        simulation: Simulation,
        spec: mujoco.MjSpec,
        width: int,
        height: int,
        camera: str,
        marks: Marks | None = None,
    ) -> None:
        drawn_width, drawn_height = _OVERSAMPLING * width, _OVERSAMPLING * height
        spec.visual.global_.offwidth, spec.visual.global_.offheight = drawn_width, drawn_height
        spec.visual.quality.offsamples = 0
        self._pictured = PicturedWorld(simulation, spec)
        self._marks = marks
        model = self._pictured.model
        self._camera = _camera_named(model, camera)
        self._drawn = np.empty((drawn_height, drawn_width, 3), dtype=np.uint8)
        self._rectangle = mujoco.MjrRect(0, 0, drawn_width, drawn_height)
        self._graphics = open_context(drawn_width, drawn_height)
        self._graphics.make_current()
        self._scene = mujoco.MjvScene(model, _MAX_GEOMS)
        self._options = mujoco.MjvOption()
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100.value)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN.value, self._context)

    def render(self, env_id: int) -> Frame:
        """An (H, W, 3) picture of world `env_id` as it is now; of a diverged world, the last one drawn."""
        self._pictured.follow(env_id)
        mujoco.mjv_updateScene(
            self._pictured.model,
            self._pictured.data,
            self._options,
            None,
            self._camera,
            mujoco.mjtCatBit.mjCAT_ALL.value,
            self._scene,
        )
        if self._marks is not None:
            draw(self._marks(env_id), self._scene)
        self._graphics.make_current()
        mujoco.mjr_render(self._rectangle, self._scene, self._context)
        mujoco.mjr_readPixels(self._drawn, None, self._rectangle, self._context)
        return _averaged(self._drawn)[::-1].copy()

    def close(self) -> None:
        """Release the graphics context."""
        self._graphics.make_current()
        self._context.free()
        self._graphics.free()


def _averaged(drawn: Frame) -> Frame:
    """The picture (H, W, 3) that was drawn twice as wide and high."""
    rows = drawn[0::2].astype(np.uint16) + drawn[1::2]
    return ((rows[:, 0::2] + rows[:, 1::2]) // 4).astype(np.uint8)


def _camera_named(model: mujoco.MjModel, name: str) -> mujoco.MjvCamera:
    names = [model.camera(index).name for index in range(model.ncam)]
    if name not in names:
        raise unknown_name("camera", name, names)
    camera = mujoco.MjvCamera()
    camera.type = mujoco.mjtCamera.mjCAMERA_FIXED.value
    camera.fixedcamid = names.index(name)
    return camera
