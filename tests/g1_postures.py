"""Postures of the G1 and what touches in them."""

from collections.abc import Mapping

import mujoco
import numpy as np

from envs.robots.g1 import constants as g1

Posture = Mapping[str, float]
"""Angles [rad] of kinds of joints on both sides, the right ones in the mirror, or of single joints; the rest
is as in the default posture."""

SQUAT: Posture = {"hip_pitch": -2.1, "knee": 2.3, "ankle_pitch": -0.75}
STRAIGHT_ARMS: Posture = dict.fromkeys(g1.ARM, 0.0)
STRAIGHT_LEGS: Posture = dict.fromkeys(g1.LEG, 0.0)
HANGING_ARMS: Posture = {**STRAIGHT_ARMS, "elbow": 1.57, "shoulder_roll": 0.2}
"""With less than 0.1 of roll the real hands would be inside the hips."""


def angles(posture: Posture) -> np.ndarray:
    """(29,) of `constants.JOINTS` [rad]."""
    found = []
    for joint in g1.JOINTS:
        name = joint.removesuffix("_joint")
        kind = name.removeprefix("left_").removeprefix("right_")
        mirrored = name.startswith("right_") and any(axis in name for axis in g1.MIRRORED_AXES)
        both = -posture[kind] if kind in posture and mirrored else posture.get(kind, g1.default_angle(joint))
        found.append(posture.get(name, both))
    return np.array(found)


def placed(model: mujoco.MjModel, joints: np.ndarray, height: float = 5.0) -> mujoco.MjData:
    """The robot with its pelvis upright at `height` [m], its 29 joints there."""
    data = mujoco.MjData(model)
    data.qpos[2] = height
    data.qpos[7:] = joints
    mujoco.mj_forward(model, data)
    return data


def touching(model: mujoco.MjModel, data: mujoco.MjData) -> set[tuple[str, str]]:
    """Names of the geoms that meet, each pair in order of the alphabet."""
    pairs = [sorted(model.geom(geom).name for geom in pair) for pair in data.contact.geom]
    return {(first, second) for first, second in pairs}
