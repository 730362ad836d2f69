"""Closed-loop inverse kinematics of arms, batched: damped least squares, one small step a control period.

The step is that of Nakamura and Hanafusa (1986), with a posture in the Jacobian's null space. Damping and
gains of the published controller were not released (TrajBooster, D): these are chosen.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from robolearn.kinematics.keep_out import KeepOut
from robolearn.kinematics.serial_chain import SerialChain
from robolearn.rotations import axis_angle_from_quaternion, product, quaternion_from_matrix


@dataclass(frozen=True)
class ArmSolverSettings:
    """How steps are taken.

    iterations: a control period
    damping: directions in which the hand moves less than this a radian are given up [m]
    turn_weight: an orientation error of a radian counts as much as this way [m]; measured on 64 trajectories,
        a teacher commanding: 2.7 cm and 5.3 degrees with 0.1, 3.1 and 4.6 with 0.14, 3.4 and 3.9 with 0.2
    posture_gain: share of the way to the natural posture an iteration, where the hand does not care
    elbow_gain: rotation per way that the elbow is to be pushed out of the body [rad/m^2]
    speed: greatest, of any joint [rad/s]
    margin: to the joints' limits [rad]
    """

    iterations: int = 2
    damping: float = 0.01
    turn_weight: float = 0.14
    posture_gain: float = 0.02
    elbow_gain: float = 20.0
    speed: float = 8.0
    margin: float = 0.02


class ArmSolver:
    """Follows hand poses with C chains of J joints in N worlds.

    natural: (C, J) posture that joints go to where the hand leaves them free [rad]
    """

    def __init__(
        self,
        chain: SerialChain,
        natural: Tensor,
        period: float,
        *,
        keep_out: KeepOut | None = None,
        elbow: int = 3,
        settings: ArmSolverSettings | None = None,
    ) -> None:
        """chain: of shape (C, J); period: of control [s]; elbow: the joint that is kept out of the body."""
        self.chain, self.natural = chain, natural
        self.settings = ArmSolverSettings() if settings is None else settings
        self._keep_out, self._elbow = keep_out, elbow
        self._lower = chain.lower + self.settings.margin
        self._upper = chain.upper - self.settings.margin
        self._reach = self.settings.speed * period / self.settings.iterations

    def reachable(self, position: Tensor) -> Tensor:
        """Target positions (N, C, 3) in the base [m], moved out of the body."""
        return position if self._keep_out is None else self._keep_out.pushed(position)

    def step(self, angles: Tensor, position: Tensor, rotation: Tensor) -> Tensor:
        """Angles (N, C, J) [rad] after a control period.

        angles: (N, C, J) before it; position (N, C, 3) [m] and rotation (N, C, 3, 3): targets in the base
        """
        position = self.reachable(position)
        for _ in range(self.settings.iterations):
            angles = self._iterate(angles, position, rotation)
        return angles

    def _iterate(self, angles: Tensor, position: Tensor, rotation: Tensor) -> Tensor:
        settings = self.settings
        links = self.chain.links(angles)
        place, turn = self.chain.tip_pose(*links)
        linear, angular = self.chain.columns(*links, place)
        columns = torch.cat((linear, settings.turn_weight * angular), -1)
        error = torch.cat((position - place, settings.turn_weight * rotation_error(turn, rotation)), -1)
        comfort = settings.posture_gain * (self.natural - angles) + self._elbow_push(*links)
        step = _damped_step(columns, error, comfort, settings.damping)
        # A joint that would leave its range stays, and the others do its part.
        beyond = (angles + step < self._lower) | (angles + step > self._upper)
        free = (~beyond).to(angles.dtype)
        step = free * _damped_step(columns * free[..., None], error, comfort * free, settings.damping)
        fastest = step.abs().amax(-1, keepdim=True)
        step = step * (self._reach / fastest.clamp(min=self._reach))
        return (angles + step).clamp(self._lower, self._upper)

    def _elbow_push(self, positions: Tensor, rotations: Tensor) -> Tensor:
        """Rotations (N, C, J) [rad] that move the elbow out of the body."""
        if self._keep_out is None:
            return torch.zeros_like(positions[..., 0])
        elbow = positions[..., self._elbow, :]
        columns, _ = self.chain.columns(positions, rotations, elbow)
        before = torch.arange(positions.shape[-2]) < self._elbow
        way = self._keep_out.push(elbow)
        return self.settings.elbow_gain * (columns * way[..., None, :]).sum(-1) * before


def rotation_error(rotation: Tensor, target: Tensor) -> Tensor:
    """Rotation vectors (..., 3) [rad] in the base from rotations (..., 3, 3) to `target`."""
    return axis_angle_from_quaternion(
        quaternion_from_matrix(product(target, rotation.transpose(-1, -2).expand_as(target)))
    )


def _damped_step(columns: Tensor, error: Tensor, comfort: Tensor, damping: float) -> Tensor:
    """Steps (..., J) that reduce errors (..., 6), and where they are free follow `comfort` (..., J).

    columns: (..., J, 6) of the Jacobian
    """
    remaining = error - (columns * comfort[..., None]).sum(-2)
    square = (columns[..., :, :, None] * columns[..., :, None, :]).sum(-3)
    square = square + damping**2 * torch.eye(6, dtype=square.dtype)
    factor = torch.linalg.cholesky_ex(square).L
    effort = torch.cholesky_solve(remaining[..., None], factor).squeeze(-1)
    return comfort + (columns * effort[..., None, :]).sum(-1)
