"""A policy for a Panda that needs no checkpoint, and commands to a simulated one."""

import torch
from torch import Tensor

from envs.robots.panda.constants import BASE, FINGER_JOINTS
from envs.sim_robot.panda.robot import SimulatedPanda
from robolearn.bridge.arm.pose import EndEffectorPose
from robolearn.bridge.arm.targets import joint_message, pose_message
from robolearn.bridge.arm.topics import FINGER_TARGETS, POSE_TARGETS
from robolearn.bridge.message import encode
from robolearn.bridge.topics import Topic
from robolearn.policies.policy import Policy

PERIOD = 0.1


class Drawing(Policy):
    """Moves the end effector in small steps, first down, and closes the fingers.

    broken_from: its first action that is not finite
    seen: observations, (1, O) each
    """

    def __init__(self, broken_from: int = 10**9) -> None:
        super().__init__()
        self.broken_from = broken_from
        self.seen: list[Tensor] = []

    def reset(self, env_ids: Tensor | None = None, num_envs: int | None = None) -> None:
        """Nothing is remembered but what was seen."""

    def act(self, observation: Tensor) -> Tensor:
        """One step from where the end effector is."""
        self.seen.append(observation.clone())
        count = len(self.seen)
        move = torch.tensor([[0.01, -0.01 * (count % 3), -0.01]])
        grip = torch.full((1, 1), 1.0 if count > 3 else -1.0)
        action = torch.cat((observation[:, :3] + move, observation[:, 3:9], grip), -1)
        return action * float("nan") if count >= self.broken_from else action


def pose_payload(pose: EndEffectorPose, stamp: int, base: str = BASE) -> bytes:
    """Of /target_pose."""
    return encode(pose_message(pose, stamp, base))


def hand_payload(finger: float, stamp: int) -> bytes:
    """Of the hand's trajectory."""
    return encode(joint_message(FINGER_JOINTS, [finger, finger], stamp, PERIOD))


def staying(robot: SimulatedPanda, stamp: int) -> dict[Topic, bytes]:
    """Commands that change nothing."""
    return {
        POSE_TARGETS: pose_payload(robot.cell.end_effector, stamp),
        FINGER_TARGETS: hand_payload(0.0325, stamp),
    }
