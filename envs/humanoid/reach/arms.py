"""The arms of N worlds: they follow hand references from wherever the pelvis takes the shoulders."""

import torch
from torch import Tensor

from envs.humanoid.reach.references import Hands
from envs.robots.g1.arms import arm_solver, natural_posture
from envs.robots.g1.constants import ARM_JOINTS, JOINTS, TORSO, WRISTS, kind_of
from envs.simulation import Simulation
from robolearn.rotations import conjugate, matrix_from_quaternion, multiply, rotate, turned


class ReachArms:
    """Inverse kinematics and the torques that servos are given ahead.

    angles: (N, 2, 7) that the arms are commanded [rad]
    """

    def __init__(self, simulation: Simulation) -> None:
        self._period = simulation.control_period
        self.solver = arm_solver(simulation.model, self._period)
        self.angles = natural_posture().repeat(simulation.num_worlds, 1, 1)
        self.places = torch.tensor([JOINTS.index(name) for name in ARM_JOINTS])
        self._position, self._quaternion = simulation.view("xpos"), simulation.view("xquat")
        self._torso = int(simulation.model.body(TORSO).id)
        self._wrists = torch.tensor([int(simulation.model.body(name).id) for name in WRISTS])
        self._damping = torch.tensor([kind_of(name).gains.damping for name in ARM_JOINTS]).view(2, -1)

    def reset(self, worlds: Tensor) -> None:
        """Begin in the natural posture in the named worlds, (K,) int64."""
        self.angles[worlds] = natural_posture()

    def hands(self, worlds: Tensor | slice = slice(None)) -> Hands:
        """Where the hands of K worlds are in the world, (K, 2, 3) [m] and (K, 2, 4)."""
        position = self._position[worlds][:, self._wrists].float()
        quaternion = self._quaternion[worlds][:, self._wrists].float()
        return Hands(position + rotate(quaternion, self.solver.chain.tip.expand_as(position)), quaternion)

    def step(self, reference: Hands) -> Tensor:
        """Command the arms towards references in the world; returns feed-forward torques (N, 14) [N m].

        The torques hold the nominal arms against gravity and cancel the servos' damping of the motion.
        """
        base = self._quaternion[:, self._torso].float()[:, None]
        shift = reference.position - self._position[:, self._torso].float()[:, None]
        back = conjugate(base).expand(-1, 2, -1)
        rotation = matrix_from_quaternion(multiply(back, reference.quaternion))
        before = self.angles
        self.angles = self.solver.step(before, rotate(back, shift), rotation)
        down = turned(matrix_from_quaternion(back), shift.new_tensor((0.0, 0.0, -1.0)).expand_as(shift))
        torque = self.solver.chain.gravity_torque(self.angles, down)
        return (torque + self._damping * (self.angles - before) / self._period).flatten(1)
