"""What deployment must know of an arm and of what it is for; whoever knows them fills it in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from robolearn.bridge.arm.limits import ArmLimits, Vector
from robolearn.bridge.arm.pose import EndEffectorPose
from robolearn.bridge.arm.state import ArmState
from robolearn.checkpoint import Checkpoint
from robolearn.errors import UserError, unknown_name
from robolearn.policies.agreement import require_agreement
from robolearn.specification import TaskSpec


class Kinematics(Protocol):
    """Of an arm with J joints."""

    def motion(self, angles: Vector, speeds: Vector) -> tuple[EndEffectorPose, Vector]:
        """Pose of the end effector and its velocity (6,) in the base's frame [m/s, rad/s].

        angles: (J,) [rad]; speeds: (J,) [rad/s]
        """
        ...

    def angles_towards(self, angles: Vector, target: EndEffectorPose) -> Vector:
        """Angles (J,) [rad] that bring the end effector nearer to a target, from `angles` (J,) on."""
        ...


@dataclass(frozen=True)
class Wish:
    """What a policy's action asks for.

    closed: whether the fingers shall close or open; None leaves them as they are
    """

    pose: EndEffectorPose
    closed: bool | None


class ArmTask(Protocol):
    """What a policy sees of the world, and what its actions mean."""

    @property
    def spec(self) -> TaskSpec:
        """Of its vectors."""
        ...

    @property
    def bodies(self) -> tuple[str, ...]:
        """That must be seen, by the names of their frames."""
        ...

    def observation(self, state: ArmState, motion: tuple[EndEffectorPose, Vector]) -> Vector:
        """(O,) float32. motion: as `Kinematics.motion`."""
        ...

    def wish(self, action: Vector) -> Wish:
        """Of a finite action (A,) float32."""
        ...


@dataclass(frozen=True)
class ArmProfile:
    """An arm with J joints and two fingers.

    name: on the command line
    base: frame that poses are in
    joints, fingers: names, the arm's from its base on
    tasks: that policies for it are made for, by name
    """

    name: str
    base: str
    joints: tuple[str, ...]
    fingers: tuple[str, ...]
    limits: ArmLimits
    kinematics: Kinematics
    tasks: Mapping[str, ArmTask]


_KINDS = ("diffusion", "residual")


def task_of(checkpoint: Checkpoint, profile: ArmProfile) -> ArmTask:
    """What a checkpoint is for.

    Raises UserError, in one line, for a checkpoint of another kind or task, or with other vectors, frames or
    another rate.
    """
    origin, spec = str(checkpoint.path), checkpoint.spec
    if checkpoint.kind not in _KINDS:
        raise UserError(
            f"{origin} holds a policy of kind '{checkpoint.kind}': "
            f"robot={profile.name} takes a {' or a '.join(repr(kind) for kind in _KINDS)}"
        )
    if spec.name not in profile.tasks:
        raise unknown_name(f"task of {origin} for robot={profile.name}", spec.name, profile.tasks)
    task = profile.tasks[spec.name]
    require_agreement(spec, task.spec, origin)
    return task
