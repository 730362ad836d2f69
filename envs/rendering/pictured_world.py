"""A world of a batch as MuJoCo's viewers and renderer take it: a model, and data in the world's state."""

from typing import Protocol

import mujoco
import numpy as np

from envs.simulation import Simulation


class ShownWorld(Protocol):
    """A model and data that follow one world at a time."""

    model: mujoco.MjModel
    data: mujoco.MjData

    def follow(self, world: int) -> None:
        """Take the state that world `world` has now."""
        ...


class PlainWorld:
    """The simulated model itself."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.model = simulation.batch.get_model(0)
        self.data = simulation.batch.get_data(0)

    def follow(self, world: int) -> None:
        """See ShownWorld.follow."""
        self._simulation.batch.get_model(world, self.model)
        self._simulation.batch.get_data(world, self.data)


class PicturedWorld:
    """A model made for the eye.

    spec: has the simulation's bodies and joints in the same order, and any geoms, lights and cameras
    """

    def __init__(self, simulation: Simulation, spec: mujoco.MjSpec) -> None:
        self._simulation = simulation
        self._qpos = simulation.view("qpos").numpy()
        self.model = spec.compile()
        # Where bodies may sleep, MuJoCo places those that are fixed to the world only once.
        self.model.opt.enableflags &= ~mujoco.mjtEnableBit.mjENBL_SLEEP.value
        self.data = mujoco.MjData(self.model)
        _require_same_bodies(simulation.model, self.model)

    def follow(self, world: int) -> None:
        """See ShownWorld.follow; of a diverged world the last state is kept."""
        if not np.isfinite(self._qpos[world]).all():
            return
        physics = self._simulation.batch.get_model(world)
        self.model.body_pos[:] = physics.body_pos
        self.model.body_quat[:] = physics.body_quat
        self.data.qpos[:] = self._qpos[world]
        mujoco.mj_kinematics(self.model, self.data)
        mujoco.mj_comPos(self.model, self.data)
        mujoco.mj_camlight(self.model, self.data)


def _require_same_bodies(physics: mujoco.MjModel, pictured: mujoco.MjModel) -> None:
    names = [[model.body(index).name for index in range(model.nbody)] for model in (physics, pictured)]
    if physics.nq != pictured.nq or names[0] != names[1]:
        raise ValueError("the model for pictures has other bodies than the simulation")
