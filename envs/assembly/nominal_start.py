"""The start of an episode without randomness, for scenes that leave the project as files."""

import math
from typing import Final

import mujoco

from envs.assembly.furniture import square_table
from envs.assembly.randomisation import LEG_NOMINALS, TOP_NOMINAL
from envs.assembly.scene import LEGS, TOP, build_one_leg
from envs.robots.panda import constants as panda

KEYFRAME: Final = "start"

_HALF = math.sqrt(0.5)
_HOLES_UP = (_HALF, _HALF, 0.0, 0.0)
_LYING_ALONG_X = (_HALF, 0.0, 0.0, -_HALF)


def one_leg_scene() -> mujoco.MjSpec:
    """The simulated scene, in place."""
    spec = build_one_leg()
    place(spec)
    return spec


def place(spec: mujoco.MjSpec) -> None:
    """Put the parts of a scene where they nominally start, and add a keyframe with the arm there as well."""
    layout = {TOP: (TOP_NOMINAL, -square_table.TOP_UNDERSIDE_Y, _HOLES_UP)}
    for name, nominal in zip(LEGS, LEG_NOMINALS, strict=True):
        layout[name] = (nominal, -square_table.LEG_BODY.lower[2], _LYING_ALONG_X)
    for name, ((x, y), height, rotation) in layout.items():
        body = spec.body(name)
        body.pos[:], body.quat[:] = (x, y, height), rotation
    model = spec.compile()
    data = mujoco.MjData(model)
    for name, angle in zip(panda.ARM_JOINTS, panda.RESET_JOINT_POSITIONS, strict=True):
        data.joint(name).qpos[:] = data.actuator(name).ctrl[:] = angle
        if (activation := model.actuator(name).actadr[0]) >= 0:
            data.act[activation] = angle
    for name in panda.FINGER_JOINTS:
        data.joint(name).qpos[:] = panda.MAX_OPENING / 2
    data.actuator("gripper").ctrl[:] = -1.0
    spec.add_key(name=KEYFRAME, qpos=data.qpos.tolist(), act=data.act.tolist(), ctrl=data.ctrl.tolist())
