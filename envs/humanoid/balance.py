"""How steady a robot stands, for the worker's gait clock."""

from torch import Tensor

from envs.humanoid.scene import CONTROL_RATE
from envs.humanoid.state import HumanoidState
from envs.robots.g1.crouch import crouch_lean
from robolearn.policies.worker.balance import followed_imbalance
from robolearn.policies.worker.command import Gait


def imbalance(state: HumanoidState, gait: Gait, command: Tensor) -> Tensor:
    """(N,) of robots that are told `gait` on the way to commands (N, 4)."""
    return followed_imbalance(
        state.gravity_in_pelvis,
        state.angular_velocity_in_pelvis,
        gait,
        command,
        crouch_lean,
        CONTROL_RATE,
    )
