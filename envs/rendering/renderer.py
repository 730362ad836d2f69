"""Draws worlds of a batch, one at a time, only when somebody asks."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from envs.rendering.graphics import open_context
from envs.simulation import Simulation
from robolearn.errors import unknown_name

Frame = NDArray[np.uint8]

_MAX_GEOMS = 2000


class WorldRenderer:
    """Pictures of `width` x `height` pixels of a simulation's worlds, through one camera.

    spec: a model for pictures, with the simulation's bodies and joints in the same order; it may have any
        geoms, lights and cameras

    Raises UserError for a camera that it does not have, and where nothing can be rendered.
    """

    def __init__(
        self, simulation: Simulation, spec: mujoco.MjSpec, width: int, height: int, camera: str
    ) -> None:
        spec.visual.global_.offwidth, spec.visual.global_.offheight = width, height
        model = spec.compile()
        _require_same_bodies(simulation.model, model)
        self._simulation = simulation
        self._qpos = simulation.view("qpos").numpy()
        self._model, self._data = model, mujoco.MjData(model)
        self._shape = (height, width, 3)
        self._rectangle = mujoco.MjrRect(0, 0, width, height)
        self._camera = _camera_named(model, camera)
        self._graphics = open_context(width, height)
        self._graphics.make_current()
        self._scene = mujoco.MjvScene(model, _MAX_GEOMS)
        self._options = mujoco.MjvOption()
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100.value)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN.value, self._context)

    def render(self, env_id: int) -> Frame:
        """An (H, W, 3) picture of world `env_id` as it is now; of a diverged world, the last one drawn."""
        self._take_over(env_id)
        mujoco.mjv_updateScene(
            self._model,
            self._data,
            self._options,
            None,
            self._camera,
            mujoco.mjtCatBit.mjCAT_ALL.value,
            self._scene,
        )
        self._graphics.make_current()
        mujoco.mjr_render(self._rectangle, self._scene, self._context)
        upside_down = np.empty(self._shape, dtype=np.uint8)
        mujoco.mjr_readPixels(upside_down, None, self._rectangle, self._context)
        return np.ascontiguousarray(upside_down[::-1])

    def close(self) -> None:
        """Release the graphics context."""
        self._graphics.make_current()
        self._context.free()
        self._graphics.free()

    def _take_over(self, world: int) -> None:
        """Put the picture's bodies where the world's are, moved frames included."""
        if not np.isfinite(self._qpos[world]).all():
            return
        physics = self._simulation.batch.get_model(world)
        self._model.body_pos[:] = physics.body_pos
        self._model.body_quat[:] = physics.body_quat
        self._data.qpos[:] = self._qpos[world]
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_comPos(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)


def _camera_named(model: mujoco.MjModel, name: str) -> mujoco.MjvCamera:
    names = [model.camera(index).name for index in range(model.ncam)]
    if name not in names:
        raise unknown_name("camera", name, names)
    camera = mujoco.MjvCamera()
    camera.type = mujoco.mjtCamera.mjCAMERA_FIXED.value
    camera.fixedcamid = names.index(name)
    return camera


def _require_same_bodies(physics: mujoco.MjModel, pictured: mujoco.MjModel) -> None:
    same = physics.nq == pictured.nq and physics.nbody == pictured.nbody
    names = [physics.body(index).name for index in range(physics.nbody)]
    if not same or names != [pictured.body(index).name for index in range(pictured.nbody)]:
        raise ValueError("the model for pictures has other bodies than the simulation")
