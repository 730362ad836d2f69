"""The G1's arms as chains from the torso to the hands, and what their inverse kinematics keep away from."""

from dataclasses import replace
from typing import Final

import mujoco
import torch
from torch import Tensor

from envs.robots.g1.collision import TRUNK
from envs.robots.g1.constants import ARM_JOINTS, LEFT_ARM, SIDES, TORSO, WRISTS, default_angle
from envs.robots.serial_chain import serial_chain
from robolearn.kinematics.arm_solver import ArmSolver
from robolearn.kinematics.keep_out import KeepOut
from robolearn.kinematics.serial_chain import SerialChain

HAND_IN_WRIST: Final = ((0.05, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0))
"""What hand poses are of: this frame in the last link of the wrist [m] (TrajBooster, D)."""

LIMB_RADIUS: Final = 0.045
"""Of forearm and hand, with a centimetre to spare [m]; the collision capsules' is at most 0.035."""

MOTION_SHARE: Final = 0.5
"""Of the servos' damping of a motion that they are spared; measured: of 64 trajectories the hands were 11, 5
and 5 degrees off with shares of 1, as torques beyond the motors' limits, of 1 and of 0.5 within them, and
robots stepped 62, 57 and 48 % of the time: arms that move as fast as told shake the trunk."""

LEAST_SHOULDER_ROLL: Final = -0.08
"""How far upper arms may lean inwards [rad]: from -0.1 on their capsules meet the torso's."""


def arm_chains(model: mujoco.MjModel) -> SerialChain:
    """Both arms, left first: (2, 7) joints from the torso to the hands."""
    chains = [serial_chain(model, TORSO, wrist, HAND_IN_WRIST) for wrist in WRISTS]
    both = SerialChain.stacked(chains)
    assert both.joints == ARM_JOINTS
    return both


def trunk_keep_out() -> KeepOut:
    """The torso with its head, in the torso's frame."""
    capsules = [capsule for capsule in TRUNK if capsule.link == TORSO]
    return KeepOut(
        start=torch.tensor([capsule.start for capsule in capsules]),
        end=torch.tensor([capsule.end for capsule in capsules]),
        radius=torch.tensor([capsule.radius for capsule in capsules]) + LIMB_RADIUS,
    )


def arm_solver(model: mujoco.MjModel, period: float) -> ArmSolver:
    """Inverse kinematics of both arms, kept out of the trunk. period: of control [s]."""
    chain = arm_chains(model)
    roll = [name.endswith("shoulder_roll_joint") for name in LEFT_ARM].index(True)
    lower, upper = chain.lower.clone(), chain.upper.clone()
    lower[0, roll], upper[1, roll] = LEAST_SHOULDER_ROLL, -LEAST_SHOULDER_ROLL
    narrowed = replace(chain, lower=lower, upper=upper)
    return ArmSolver(narrowed, natural_posture(), period, keep_out=trunk_keep_out())


def natural_posture() -> Tensor:
    """(2, 7) that arms go to where the hands leave them free [rad]."""
    return torch.tensor([default_angle(name) for name in ARM_JOINTS]).unflatten(0, (len(SIDES), -1))
