"""Forces from outside: sudden velocities of the pelvis, punches on any link, and a support for beginners."""

from typing import Final

import mujoco
import torch
from torch import Tensor

from envs.humanoid.settings import Pushes
from envs.humanoid.state import HumanoidState
from envs.humanoid.streams import Stream
from envs.robots.g1.constants import JOINTS
from robolearn.counter_random import between, normal, uniform

PUSH_STEPS: Final = 200
"""Control steps between pushes (TrajBooster, B.7: 4 s)."""

PUNCH_STEPS: Final = 4
"""Control steps that a punch lasts. Tour: 0.08 s."""

SUPPORT_STIFFNESS, SUPPORT_DAMPING = 300.0, 30.0
"""Of the support [N m/rad, N m s/rad]; chosen: gravity's toppling torque is about 200 N m/rad. The damping
is the model's, on the pelvis's roll and pitch, since at the rate of control it would be unstable."""


class Disturbances:
    """What pushes the robot in each world at each control step of its episode."""

    def __init__(self, model: mujoco.MjModel, pushes: Pushes, device: torch.device) -> None:
        self.pushes = pushes
        self._bodies = torch.tensor([int(model.joint(name).bodyid[0]) for name in JOINTS], device=device)
        self._extremities = self._bodies[[_is_extremity(name) for name in JOINTS]]

    def velocity_change(self, seeds: Tensor, step: Tensor, size: Tensor) -> Tensor:
        """Of the pelvis in the world, (N, 2) [m/s]; zero in most steps. size: (N,) factor."""
        due = (step > 0) & (step % PUSH_STEPS == 0)
        shares = uniform(seeds, Stream.PUSH, step, 2)
        change = between(-self.pushes.velocity, self.pushes.velocity, shares)
        return change * (size * due)[:, None]

    def punch(self, seeds: Tensor, step: Tensor, size: Tensor) -> tuple[Tensor, Tensor]:
        """Links (N,) and forces on them in the world, (N, 3) [N]; zero in most steps. size: (N,) factor.

        The direction is uniform, the force half of the greatest to all of it; which link, see `Pushes`. A
        random delay within the interval keeps punches from being expected.
        """
        every = self.pushes.punch_every
        count = step // every
        shares = uniform(seeds, Stream.PUNCH, count, 4)
        begins = count * every + (shares[:, 0] * (every - PUNCH_STEPS)).long()
        due = (step >= begins) & (step < begins + PUNCH_STEPS)
        direction = normal(seeds, Stream.PUNCH, count + 1_000_000, 3)
        direction = direction / direction.norm(dim=1, keepdim=True).clamp(min=1e-6)
        force = self.pushes.punch * size * between(0.5, 1.0, shares[:, 1]) * due
        links = torch.where(
            shares[:, 3] < self.pushes.extremities,
            _one_of(self._extremities, shares[:, 2]),
            _one_of(self._bodies, shares[:, 2]),
        )
        return links, direction * force[:, None]


def _is_extremity(joint: str) -> bool:
    return "ankle" in joint or "wrist" in joint


def _one_of(choices: Tensor, shares: Tensor) -> Tensor:
    return choices[(shares * len(choices)).long()]


def support_torque(state: HumanoidState, lean: Tensor) -> Tensor:
    """Torques in the pelvis, (N, 3) [N m], that turn it to a lean of (N,) [rad] as a spring would."""
    down = torch.stack((lean.sin(), torch.zeros_like(lean), -lean.cos()), 1)
    turn = torch.cross(down, state.gravity_in_pelvis, dim=1)
    return SUPPORT_STIFFNESS * turn
