"""How steady a robot stands, for the worker's gait clock."""

from torch import Tensor

from envs.humanoid.scene import CONTROL_RATE
from envs.humanoid.state import HumanoidState
from envs.robots.g1.crouch import crouch_lean
from robolearn.policies.worker.command import HEIGHT_RATE, Gait
from robolearn.policies.worker.command import imbalance as imbalance_of


def imbalance(state: HumanoidState, gait: Gait, command: Tensor) -> Tensor:
    """(N,) of robots that are told `gait` on the way to commands (N, 4)."""
    step = HEIGHT_RATE / CONTROL_RATE
    before = gait.height - (command[:, 3] - gait.height).clamp(-step, step)
    lean = crouch_lean(gait.height)
    rate = (lean - crouch_lean(before)) * CONTROL_RATE
    return imbalance_of(state.gravity_in_pelvis, state.angular_velocity_in_pelvis, lean, rate)
