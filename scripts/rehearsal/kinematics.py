"""Where a G1's hands are, from what it publishes about itself."""

from dataclasses import dataclass

import mujoco
import numpy as np

from envs.humanoid.scene import g1_scene
from envs.robots.g1.arms import arm_solver
from envs.robots.g1.constants import WRISTS
from robolearn.bridge.messages.geometry_msgs import Transform
from robolearn.bridge.messages.sensor_msgs import JointState


@dataclass(frozen=True)
class Poses:
    """Of the left and the right hand.

    places: (2, 3) [m]
    quaternions: (2, 4), w first
    """

    places: np.ndarray
    quaternions: np.ndarray

    def moved(self, shift: tuple[float, float, float]) -> "Poses":
        """Both by the same way [m]."""
        return Poses(self.places + np.array(shift), self.quaternions)

    def errors(self, other: "Poses") -> np.ndarray:
        """(2,) distances to other hands [m]."""
        return np.linalg.norm(self.places - other.places, axis=1)


class HandKinematics:
    """Of the nominal robot, by MuJoCo and not by what the deployment reckons with."""

    def __init__(self) -> None:
        self._model = g1_scene().compile()
        self._data = mujoco.MjData(self._model)
        self._tips = arm_solver(self._model, 0.02).chain.tip.double().numpy().reshape(2, 3)

    def hands(self, base: Transform, joints: JointState) -> Poses:
        """In the frame in which `base` is the pelvis's pose."""
        place, turn = base.translation, base.rotation
        self._data.qpos[:7] = place.x, place.y, place.z, turn.w, turn.x, turn.y, turn.z
        for name, angle in zip(joints.name, joints.position, strict=True):
            self._data.joint(name).qpos[0] = angle
        mujoco.mj_kinematics(self._model, self._data)
        wrists = [self._data.body(name) for name in WRISTS]
        places = [
            wrist.xpos + wrist.xmat.reshape(3, 3) @ tip for wrist, tip in zip(wrists, self._tips, strict=True)
        ]
        return Poses(np.array(places), np.array([wrist.xquat for wrist in wrists]))
