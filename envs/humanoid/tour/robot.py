"""The tour's robot, and the fixed stance in which every episode begins."""

import copy
from collections.abc import Mapping

import mujoco
import torch
from torch import Tensor

from envs.humanoid.scene import g1_scene
from envs.humanoid.tour.protocol import STANCE_LEG, TIMESTEP
from envs.robots.g1.constants import JOINTS, LEG_JOINTS, Gains, default_angle, holding_gains


def stance() -> Tensor:
    """(29,) angles of the fixed stance [rad]."""
    return torch.tensor([_leg_angle(name) if name in LEG_JOINTS else default_angle(name) for name in JOINTS])


def _leg_angle(joint: str) -> float:
    return STANCE_LEG.get(joint.removesuffix("_joint").split("_", 1)[1], 0.0)


def tour_model() -> mujoco.MjModel:
    """The nominal robot on a floor at the tour's timestep, with the gains of joints that nobody owns."""
    spec, defaults = g1_scene(), mujoco.MjSpec().option
    spec.option.timestep = TIMESTEP
    spec.option.iterations, spec.option.ls_iterations = defaults.iterations, defaults.ls_iterations
    for actuator in spec.actuators:
        actuator.nsample = 0
    return with_gains(spec.compile(), {name: holding_gains(name) for name in JOINTS})


def with_gains(model: mujoco.MjModel, gains: Mapping[str, Gains]) -> mujoco.MjModel:
    """A copy of the model whose named joints have these servos."""
    changed = copy.copy(model)
    for name, gain in gains.items():
        actuator = changed.actuator(name)
        actuator.gainprm[0] = gain.stiffness
        actuator.biasprm[1:3] = -gain.stiffness, -gain.damping
    return changed
