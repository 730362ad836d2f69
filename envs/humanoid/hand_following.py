"""A deployed G1 whose hands go where they are told: manager, worker and inverse kinematics together."""

from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from envs.humanoid.hand_goal import HandGoal, hands_of
from envs.humanoid.leg_odometry import LegOdometry
from envs.humanoid.reach.environment import ARM_PREVIEW, reach_spec
from envs.humanoid.reach.references import LOOK_AHEAD, Hands
from envs.humanoid.reach.sensing import Stand, reach_observation
from envs.humanoid.scene import CONTROL_RATE, g1_scene
from envs.humanoid.settings import CommandRanges
from envs.robots.g1.arms import HAND_IN_WRIST
from envs.robots.g1.constants import ARM_JOINTS, JOINTS, TORSO, WRISTS
from envs.robots.g1.links import G1Links, pinocchio, quaternion_of, rotation_of
from envs.robots.g1.single_arms import SingleArms
from robolearn.checkpoint import load_checkpoint
from robolearn.errors import UserError
from robolearn.policies.manager.manager_policy import ManagerPolicy
from robolearn.policies.registry import load_policy
from robolearn.policies.worker.command import standing_when_low_or_slow

Vector = NDArray[np.float64]


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
        self._links, self._odometry = G1Links(), LegOdometry()
        self._rotation, self._angles = np.eye(3), np.zeros(len(JOINTS))
        self._arms = SingleArms(model, 1.0 / CONTROL_RATE)
        self._arm_places = np.array([JOINTS.index(name) for name in ARM_JOINTS])
        self._tip = pinocchio.SE3(np.eye(3), np.array(HAND_IN_WRIST[0]))
        self._goal = HandGoal(1.0 / CONTROL_RATE)
        ranges = CommandRanges()
        self._least = torch.tensor((ranges.backward, -ranges.sideways, -ranges.yaw_rate, ranges.lowest))
        self._most = torch.tensor((ranges.forward, ranges.sideways, ranges.yaw_rate, ranges.highest))
        self._follows = False

    @property
    def pelvis(self) -> Vector:
        """(3,) where the pelvis is [m]."""
        return self._odometry.position

    def locate(self, quaternion: Vector, angles: Vector) -> None:
        """Take a step of the odometry. quaternion: (4,) of the pelvis; angles: (29,) of all joints [rad]."""
        self._rotation, self._angles = rotation_of(quaternion), angles
        self._links.place(angles)
        self._odometry.step(self._rotation, self._links.soles())

    def hands(self) -> Hands:
        """Where they are, (1, 2, 3) [m] and (1, 2, 4), since the last `locate`."""
        poses = [self._pelvis_pose() * self._links.pose(name) * self._tip for name in WRISTS]
        position = np.stack([pose.translation for pose in poses])
        quaternion = np.stack([quaternion_of(pose.rotation) for pose in poses])
        return Hands(torch.from_numpy(position).float()[None], torch.from_numpy(quaternion).float()[None])

    def rest(self) -> None:
        """Nothing to follow: the next goal begins from where the hands are then."""
        self._follows = False

    def command(self, hands: Vector, seen: Tensor) -> Tensor:
        """What the worker is commanded, (1, 4), where the robot was at the last `locate`.

        hands: (14,) goals, see `hands_of`; seen: (1, 71) by the worker
        """
        goal, measured = hands_of(torch.from_numpy(hands).float()), self.hands()
        if not self._follows:
            self._begin()
        self._goal.step(goal, measured)
        *ahead, preview = self._goal.ahead(goal, (*LOOK_AHEAD, 1 + ARM_PREVIEW))
        stand = Stand(torch.from_numpy(self.pelvis[:2]).float()[None], torch.tensor([self._yaw]))
        command = self._manager.act(reach_observation(seen, ahead, measured.position, stand))
        self._ahead = self._follow(preview)
        return standing_when_low_or_slow(command.clamp(self._least, self._most))

    def arm_targets(self) -> Vector:
        """(14,) of the servos, after `command` [rad]."""
        return self._arms.angles.ravel() + self._ahead

    def _begin(self) -> None:
        self._follows = True
        self._goal.reset()
        self._manager.reset(num_envs=1)
        self._arms.angles = self._angles[self._arm_places].reshape(2, -1)

    def _follow(self, reference: Hands) -> Vector:
        torso = self._pelvis_pose() * self._links.pose(TORSO)
        position = (reference.position[0].double().numpy() - torso.translation) @ torso.rotation
        turns = [torso.rotation.T @ rotation_of(each) for each in reference.quaternion[0].double().numpy()]
        return self._arms.follow(position, np.stack(turns), -torso.rotation[2])

    def _pelvis_pose(self) -> Any:
        return pinocchio.SE3(self._rotation, self.pelvis)

    @property
    def _yaw(self) -> float:
        return float(np.arctan2(self._rotation[1, 0], self._rotation[0, 0]))
