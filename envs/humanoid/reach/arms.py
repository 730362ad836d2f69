"""The arms of N robots: they follow hand references from wherever the pelvis takes the shoulders."""

import mujoco
import torch
from torch import Tensor

from envs.humanoid.reach.references import Hands
from envs.robots.g1.arms import MOTION_SHARE, arm_solver, natural_posture
from envs.robots.g1.constants import ARM_JOINTS, JOINTS, TORSO, WRISTS, kind_of
from envs.simulation import Simulation
from robolearn.rotations import conjugate, matrix_from_quaternion, multiply, rotate, turned


class FollowingArms:
    """Inverse kinematics of N robots, and what their servos are told besides.

    angles: (N, 2, 7) that the arms are commanded [rad]
    """

    def __init__(self, model: mujoco.MjModel, period: float, count: int) -> None:
        """period: of control [s]; count: N."""
        self._period = period
        self.solver = arm_solver(model, period)
        self.angles = natural_posture().repeat(count, 1, 1)
        gains = [kind_of(name).gains for name in ARM_JOINTS]
        self._damping = torch.tensor([MOTION_SHARE * gain.damping for gain in gains]).view(2, -1)
        self._compliance = torch.tensor([1.0 / gain.stiffness for gain in gains]).view(2, -1)

    def follow(self, reference: Hands, torso_position: Tensor, torso_quaternion: Tensor) -> Tensor:
        """Command the arms towards references; returns how far servos' targets are ahead, (N, 14) [rad].

        reference, torso_position (N, 3) [m], torso_quaternion (N, 4): in one frame, z up
        Servos whose targets are so far ahead of `angles` hold the nominal arms against gravity, and drag by
        less of their damping.
        """
        shift = reference.position - torso_position[:, None]
        back = conjugate(torso_quaternion[:, None]).expand(-1, 2, -1)
        rotation = matrix_from_quaternion(multiply(back, reference.quaternion))
        before = self.angles
        self.angles = self.solver.step(before, rotate(back, shift), rotation)
        down = turned(matrix_from_quaternion(back), shift.new_tensor((0.0, 0.0, -1.0)).expand_as(shift))
        torque = self.solver.chain.gravity_torque(self.angles, down)
        torque = torque + self._damping * (self.angles - before) / self._period
        return (self._compliance * torque).flatten(1)


class ReachArms(FollowingArms):
    """Those of the worlds of a simulation."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__(simulation.model, simulation.control_period, simulation.num_worlds)
        self.places = torch.tensor([JOINTS.index(name) for name in ARM_JOINTS])
        self._position, self._quaternion = simulation.view("xpos"), simulation.view("xquat")
        self._torso = int(simulation.model.body(TORSO).id)
        self._wrists = torch.tensor([int(simulation.model.body(name).id) for name in WRISTS])

    def reset(self, worlds: Tensor) -> None:
        """Begin in the natural posture in the named worlds, (K,) int64."""
        self.angles[worlds] = natural_posture()

    def hands(self, worlds: Tensor | slice = slice(None)) -> Hands:
        """Where the hands of K worlds are in the world, (K, 2, 3) [m] and (K, 2, 4)."""
        position = self._position[worlds][:, self._wrists].float()
        quaternion = self._quaternion[worlds][:, self._wrists].float()
        return Hands(position + rotate(quaternion, self.solver.chain.tip.expand_as(position)), quaternion)

    def step(self, reference: Hands) -> Tensor:
        """As `follow`, in the world."""
        torso = self._torso
        return self.follow(reference, self._position[:, torso].float(), self._quaternion[:, torso].float())
