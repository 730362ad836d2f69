"""One world of one_leg that follows targets in the place of actions, a few physics steps at a time."""

from typing import Final

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from envs.assembly.one_leg import COUPLING_CHUNK, OneLegEnvironment
from envs.assembly.scene import TIMESTEP
from envs.robots.panda.constants import ARM_JOINTS, FINGER_JOINTS
from robolearn.bridge.arm.episode_report import Outcome
from robolearn.bridge.arm.limits import Vector
from robolearn.bridge.arm.pose import EndEffectorPose
from robolearn.environment import Transition

CHUNK: Final = COUPLING_CHUNK * TIMESTEP
"""Simulated time of one `advance` [s]."""


class Cell(OneLegEnvironment):
    """As evaluations have it, so that the same targets at the same times have the same consequences.

    outcome: of the episode
    """

    def __init__(self, randomness: str) -> None:
        super().__init__(1, randomness=randomness, num_threads=1)
        self.outcome = Outcome.RUNNING
        self._chunk = 0
        self._velocities = self.simulation.view("qvel")[0]
        self._positions = self._qpos[0]
        model = self.simulation.model
        self._finger_velocities = [int(model.joint(name).dofadr[0]) for name in FINGER_JOINTS]
        self._arm_velocities = [int(model.joint(name).dofadr[0]) for name in ARM_JOINTS]

    def begin(self, seed: int) -> None:
        """Start the episode of a seed."""
        self.reset(torch.tensor([seed]))
        self.outcome, self._chunk = Outcome.RUNNING, 0

    def advance(self) -> None:
        """Let `CHUNK` pass; once the episode is over nothing moves any more."""
        if self.outcome is not Outcome.RUNNING:
            return
        world = torch.zeros(1, dtype=torch.int64)
        self._run_chunk(world, self._chunk)
        self._chunk = (self._chunk + 1) % self.chunks
        if self._chunk == 0:
            self._steps += 1
            self.outcome = _outcome(self._finish_step(world))

    def send_end_effector(self, pose: EndEffectorPose) -> None:
        """Aim the arm's drives so that the end effector gets nearer to a pose, once."""
        position, matrix = (
            torch.from_numpy(np.array(value))[None] for value in (pose.position, pose.rotation.as_matrix())
        )
        self._ctrl[:, :7] = self.arm.joint_targets(position, matrix)

    def send_joints(self, angles: Vector) -> None:
        """Aim the arm's drives at angles (7,) [rad]."""
        self._ctrl[0, :7] = torch.from_numpy(angles)

    def send_fingers(self, closed: bool) -> None:
        """Close or open them, with the drive's one force."""
        self._gripper[:] = 1.0 if closed else -1.0
        self._ctrl[:, 7] = self._gripper

    def hold(self) -> None:
        """Stay here."""
        self._ctrl[:, :7] = self.arm.joint_positions

    @property
    def angles(self) -> Vector:
        """(9,) of arm [rad] and fingers [m]."""
        places = torch.cat((self._arm_qpos, self._finger_qpos))
        return self._positions[places].numpy()

    @property
    def speeds(self) -> Vector:
        """(9,) of arm [rad/s] and fingers [m/s]."""
        return self._velocities[[*self._arm_velocities, *self._finger_velocities]].numpy()

    @property
    def end_effector(self) -> EndEffectorPose:
        """Where it is."""
        rotation = Rotation.from_matrix(self.arm.matrix[0].numpy())
        return EndEffectorPose(self.arm.position[0].numpy().copy(), rotation)

    @property
    def steps(self) -> int:
        """Control periods of this episode."""
        return int(self._steps[0])

    @property
    def phase(self) -> int:
        """Furthest stage reached, an index into `spec.phases`."""
        return int(self._phase[0])


def _outcome(transition: Transition) -> Outcome:
    if bool(transition.fault[0]):
        return Outcome.FAULT
    if bool(transition.success[0]):
        return Outcome.SUCCESS
    if bool(transition.truncated[0]):
        return Outcome.TIMEOUT
    return Outcome.LOST if bool(transition.terminated[0]) else Outcome.RUNNING
