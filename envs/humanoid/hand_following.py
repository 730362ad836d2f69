"""A deployed G1 whose hands go where they are told: manager, worker and inverse kinematics together."""

from pathlib import Path

import mujoco
import torch
from torch import Tensor

from envs.humanoid.hand_goal import HandGoal, hands_of
from envs.humanoid.leg_odometry import LegOdometry
from envs.humanoid.reach.arms import FollowingArms
from envs.humanoid.reach.environment import ARM_PREVIEW, reach_spec
from envs.humanoid.reach.references import LOOK_AHEAD, Hands
from envs.humanoid.reach.sensing import Stand, reach_observation
from envs.humanoid.scene import CONTROL_RATE, g1_scene
from envs.humanoid.settings import CommandRanges
from envs.robots.g1.constants import ARM_JOINTS, JOINTS, PELVIS, TORSO, kind_of
from envs.robots.serial_chain import serial_chain
from robolearn.checkpoint import load_checkpoint
from robolearn.errors import UserError
from robolearn.policies.manager.manager_policy import ManagerPolicy
from robolearn.policies.registry import load_policy
from robolearn.policies.worker.command import standing_when_low
from robolearn.rotations import multiply, quaternion_from_matrix, rotate


def hand_follower(manager: str | Path) -> "HandFollower":
    """With a manager's checkpoint. Raises UserError for one of another kind or task."""
    checkpoint = load_checkpoint(manager)
    if checkpoint.kind != "manager":
        raise UserError(f"{checkpoint.path} holds a policy of kind '{checkpoint.kind}', not of a 'manager'")
    policy = load_policy(checkpoint.path, expected=reach_spec())
    assert isinstance(policy, ManagerPolicy)
    return HandFollower(policy, g1_scene().compile())


class HandFollower:
    """Of one robot, at the worker's rate.

    The frame of everything is the odometry's: the floor below where the pelvis began, turned as the
    orientation sensor has it.
    """

    def __init__(self, manager: ManagerPolicy, model: mujoco.MjModel) -> None:
        """model: of the G1."""
        self._manager = manager
        self._odometry = LegOdometry(model)
        self._waist = serial_chain(model, PELVIS, TORSO)
        self._waist_places = torch.tensor([JOINTS.index(name) for name in self._waist.joints])
        self._arms = FollowingArms(model, 1.0 / CONTROL_RATE, 1)
        self._arm_places = torch.tensor([JOINTS.index(name) for name in ARM_JOINTS])
        self._goal = HandGoal(1.0 / CONTROL_RATE)
        self._compliance = torch.tensor([1.0 / kind_of(name).gains.stiffness for name in ARM_JOINTS])
        ranges = CommandRanges()
        self._least = torch.tensor((ranges.backward, -ranges.sideways, -ranges.yaw_rate, ranges.lowest))
        self._most = torch.tensor((ranges.forward, ranges.sideways, ranges.yaw_rate, ranges.highest))
        self._follows = False

    @property
    def pelvis(self) -> Tensor:
        """(3,) where the pelvis is [m]."""
        return self._odometry.position

    def locate(self, quaternion: Tensor, angles: Tensor) -> None:
        """Take a step of the odometry. quaternion: (4,) of the pelvis; angles: (29,) of all joints [rad]."""
        self._odometry.step(quaternion, angles)

    def hands(self, quaternion: Tensor, angles: Tensor) -> Hands:
        """Where they are, (1, 2, 3) [m] and (1, 2, 4). quaternion, angles: as in `locate`."""
        return self._hands_from(*self._torso_pose(quaternion, angles), angles)

    def _hands_from(self, torso: Tensor, turn: Tensor, angles: Tensor) -> Hands:
        """As `hands`, from the torso's pose, (1, 3) [m] and (1, 4)."""
        place, rotation = self._arms.solver.chain.pose(angles[self._arm_places].view(1, 2, -1))
        both = turn[:, None].expand(-1, 2, -1)
        position = torso[:, None] + rotate(both, place)
        return Hands(position, multiply(both, quaternion_from_matrix(rotation)))

    def rest(self) -> None:
        """Nothing to follow: the next goal begins from where the hands are then."""
        self._follows = False

    def command(self, hands: Tensor, quaternion: Tensor, angles: Tensor, seen: Tensor) -> Tensor:
        """What the worker is commanded, (1, 4).

        hands: (14,) goals, see `hands_of`; quaternion, angles: as in `locate`; seen: (1, 71) by the worker
        """
        goal = hands_of(hands)
        torso, turn = self._torso_pose(quaternion, angles)
        measured = self._hands_from(torso, turn, angles)
        if not self._follows:
            self._begin(angles)
        self._goal.step(goal, measured)
        *ahead, preview = self._goal.ahead(goal, (*LOOK_AHEAD, 1 + ARM_PREVIEW))
        stand = Stand(self.pelvis[None, :2], _yaw(quaternion)[None])
        command = self._manager.act(reach_observation(seen, ahead, measured.position, stand))
        self._torque = self._arms.follow(preview, torso, turn)
        return standing_when_low(command.clamp(self._least, self._most))

    def arm_targets(self) -> Tensor:
        """(14,) of the servos, after `command`: angles, and what holds the arms against gravity [rad]."""
        return self._arms.angles.flatten() + self._compliance * self._torque[0]

    def _begin(self, angles: Tensor) -> None:
        self._follows = True
        self._goal.reset()
        self._manager.reset(num_envs=1)
        self._arms.angles = angles[self._arm_places].view(1, 2, -1).clone()

    def _torso_pose(self, quaternion: Tensor, angles: Tensor) -> tuple[Tensor, Tensor]:
        """(1, 3) [m] and (1, 4) in the frame of the odometry."""
        place, turn = self._waist.pose(angles[self._waist_places])
        position = self.pelvis + rotate(quaternion, place)
        return position[None], multiply(quaternion, quaternion_from_matrix(turn))[None]


def _yaw(quaternion: Tensor) -> Tensor:
    w, x, y, z = quaternion.unbind(-1)
    return torch.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
