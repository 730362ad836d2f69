"""What deployment must know of one_leg, and of the Panda that does it."""

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from envs.assembly import observation as spaces
from envs.assembly.one_leg import GRIPPER_DEADBAND, SPEC
from envs.robots.panda.constants import ARM_JOINTS, BASE, FINGER_JOINTS
from envs.robots.panda.kinematics import PandaKinematics
from envs.robots.panda.limits import panda_limits
from robolearn.bridge.arm.limits import Vector
from robolearn.bridge.arm.pose import EndEffectorPose
from robolearn.bridge.arm.profile import ArmProfile, Wish
from robolearn.bridge.arm.state import ArmState
from robolearn.rotations import matrix_from_sixd
from robolearn.specification import TaskSpec

_POSITION, _SIXD, _GRIP = slice(0, 3), slice(3, 9), 9


class OneLegTask:
    """See `ArmTask`."""

    @property
    def spec(self) -> TaskSpec:
        """Of one_leg."""
        return SPEC

    @property
    def bodies(self) -> tuple[str, ...]:
        """Parts and obstacle."""
        return spaces.OBSERVED_BODIES

    def observation(self, state: ArmState, motion: tuple[EndEffectorPose, Vector]) -> Vector:
        """(58,) as `envs.assembly.observation` has them."""
        pose, velocity = motion
        position, matrix, speed, width, places, turns = (
            torch.from_numpy(np.asarray(value))[None]
            for value in (
                pose.position,
                pose.rotation.as_matrix(),
                velocity,
                np.array([state.width]),
                state.places,
                state.turns,
            )
        )
        return spaces.observation((position, matrix, speed), width, places, turns)[0].numpy()

    def wish(self, action: Vector) -> Wish:
        """As the environment understands its actions."""
        command = torch.from_numpy(action).to(torch.float64).clamp(-1.0, 1.0)
        rotation = Rotation.from_matrix(matrix_from_sixd(command[_SIXD]).numpy())
        grip = float(command[_GRIP])
        closed = None if abs(grip) <= GRIPPER_DEADBAND else grip > 0.0
        return Wish(EndEffectorPose(command[_POSITION].numpy(), rotation), closed)


def panda_profile() -> ArmProfile:
    """The Panda before one_leg's table."""
    kinematics, task = PandaKinematics(), OneLegTask()
    return ArmProfile(
        name="panda",
        base=BASE,
        joints=ARM_JOINTS,
        fingers=FINGER_JOINTS,
        limits=panda_limits(kinematics),
        kinematics=kinematics,
        tasks={task.spec.name: task},
    )
