"""Differential inverse kinematics of a serial arm, batched over worlds."""

import torch
from torch import Tensor

from envs.simulation import Simulation
from robolearn.rotations import axis_angle_from_quaternion, quaternion_from_matrix

_DAMPING = 0.02
"""Damping of the pseudo-inverse; chosen: 1 % of the Panda's largest singular value."""

_POSTURE_GAIN = 0.1
"""Share of the distance to the rest posture recovered each step in the nullspace; FurnitureSim has none."""

MAX_POSITION_STEP = 0.12
"""Longest position error answered in one step [m]; the published expert's clamp."""

MAX_ROTATION_STEP = 0.7
"""Largest rotation error answered in one step [rad]; chosen."""


class DifferentialIk:
    """Turns end-effector targets into joint targets: q + J^+ error, once a control step.

    As in FurnitureSim (gain 1), with damping, a nullspace posture and joint limits added.
    """

    def __init__(
        self, simulation: Simulation, joints: tuple[str, ...], site: str, rest_posture: tuple[float, ...]
    ) -> None:
        model = simulation.model
        ids = torch.tensor([model.joint(name).id for name in joints])
        self._joints = ids
        self._qpos_addresses = torch.tensor([int(model.joint(name).qposadr[0]) for name in joints])
        self._dof_addresses = torch.tensor([int(model.joint(name).dofadr[0]) for name in joints])
        self._site = model.site(site).id
        self._anchor = simulation.view("xanchor")
        self._axis = simulation.view("xaxis")
        self._site_position = simulation.view("site_xpos")
        self._site_matrix = simulation.view("site_xmat")
        self._qpos = simulation.view("qpos")
        self._qvel = simulation.view("qvel")
        limits = torch.from_numpy(model.jnt_range.copy())[ids]
        self._lower, self._upper = limits[:, 0], limits[:, 1]
        self._rest = torch.tensor(rest_posture, dtype=torch.float64)

    @property
    def position(self) -> Tensor:
        """End-effector positions in the world, (N, 3) [m]."""
        return self._site_position[:, self._site]

    @property
    def matrix(self) -> Tensor:
        """End-effector rotation matrices in the world, (N, 3, 3)."""
        return self._site_matrix[:, self._site].unflatten(-1, (3, 3))

    @property
    def joint_positions(self) -> Tensor:
        """Arm joints, (N, 7) [rad]."""
        return self._qpos[:, self._qpos_addresses]

    def jacobian(self) -> Tensor:
        """Geometric Jacobians, (N, 6, 7): linear rows, then angular, in the world frame."""
        axis = self._axis[:, self._joints]
        lever = self.position[:, None] - self._anchor[:, self._joints]
        return torch.cat((torch.cross(axis, lever, dim=-1), axis), -1).transpose(1, 2)

    def velocity(self) -> Tensor:
        """End-effector velocities, (N, 6): linear [m/s], angular [rad/s], in the world frame."""
        joint_velocities = self._qvel[:, self._dof_addresses]
        return (self.jacobian() * joint_velocities[:, None]).sum(-1)

    def joint_targets(self, position: Tensor, matrix: Tensor) -> Tensor:
        """Joint positions (N, 7) [rad] that move the end effector towards a pose.

        position: (N, 3) [m], matrix: (N, 3, 3), both in the world frame
        """
        error = pose_error(self.position, self.matrix, position, matrix)
        joints = self.joint_positions
        return torch.clamp(
            joints + joint_step(self.jacobian(), error, joints, self._rest), self._lower, self._upper
        )


def pose_error(position: Tensor, matrix: Tensor, target: Tensor, target_matrix: Tensor) -> Tensor:
    """What is answered in one step, (N, 6): translations [m], then rotation vectors [rad], in the world.

    position, matrix: (N, 3) [m] and (N, 3, 3) of the end effector; target, target_matrix: where it shall be
    """
    # elementwise instead of bmm: a world's rounding must not depend on the batch's size
    difference = (target_matrix[:, :, None] * matrix[:, None]).sum(-1)
    turn = axis_angle_from_quaternion(quaternion_from_matrix(difference))
    return torch.cat((_shorten(target - position, MAX_POSITION_STEP), _shorten(turn, MAX_ROTATION_STEP)), -1)


def joint_step(jacobian: Tensor, error: Tensor, joints: Tensor, rest: Tensor) -> Tensor:
    """How far joints turn, (N, 7) [rad].

    jacobian: (N, 6, 7)
    error: (N, 6) as of `pose_error`
    joints, rest: (N, 7) angles and (7,) rest posture [rad]
    """
    posture = _POSTURE_GAIN * (rest - joints)
    remaining = error - (jacobian * posture[:, None]).sum(-1)
    gram = (jacobian[:, :, None] * jacobian[:, None]).sum(-1)
    gram = gram + _DAMPING**2 * torch.eye(6, dtype=gram.dtype)
    task_step = torch.linalg.solve(gram, remaining[..., None])
    return (jacobian * task_step).sum(1) + posture


def _shorten(vector: Tensor, longest: float) -> Tensor:
    length = vector.norm(dim=-1, keepdim=True)
    return vector * (longest / length.clamp(min=longest))
