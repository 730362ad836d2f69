"""What the expert looks at: the poses of the moment, in the robot frame."""

from dataclasses import dataclass, fields
from typing import Self

from torch import Tensor

from envs.assembly.one_leg import OneLegEnvironment
from envs.assembly.scene import PARTS, THREADED_LEG, TOP
from robolearn.rotations import matrix_from_quaternion, product, turned

_TOP, _LEG = PARTS.index(TOP), PARTS.index(THREADED_LEG)


@dataclass(frozen=True)
class Pose:
    """Positions (N, 3) [m] and rotation matrices (N, 3, 3) in the robot frame."""

    position: Tensor
    matrix: Tensor

    def __getitem__(self, rows: Tensor) -> "Pose":
        return Pose(self.position[rows], self.matrix[rows])

    def point(self, local: Tensor) -> Tensor:
        """Points (N, 3) or (3,) given in these frames, in the robot frame, (N, 3)."""
        return self.position + turned(self.matrix, local.expand_as(self.position))

    def carried(self, body: "Pose", goal: "Pose") -> "Pose":
        """Where this pose comes to when `body`, which it holds, is brought to `goal`."""
        turn = product(goal.matrix, body.matrix.transpose(-1, -2))
        return Pose(goal.position + turned(turn, self.position - body.position), product(turn, self.matrix))


@dataclass(frozen=True)
class Snapshot:
    """Poses of N worlds.

    obstacle: (N, 3), centre of its front wall
    face: (N,) int64, the leg's face that is grasped, an index into `quarter_turns_about_y`
    """

    hand: Pose
    top: Pose
    leg: Pose
    obstacle: Tensor
    face: Tensor

    @classmethod
    def of(cls, environment: OneLegEnvironment, face: Tensor) -> Self:
        """Of every world of `environment`."""
        position, quaternion = environment.part_poses()
        matrix = matrix_from_quaternion(quaternion)
        return cls(
            hand=Pose(environment.arm.position, environment.arm.matrix),
            top=Pose(position[:, _TOP], matrix[:, _TOP]),
            leg=Pose(position[:, _LEG], matrix[:, _LEG]),
            obstacle=environment.obstacle_position(),
            face=face,
        )

    def __getitem__(self, rows: Tensor) -> "Snapshot":
        return Snapshot(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})
