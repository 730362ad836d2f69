"""Builds the G1's MuJoCo model from its URDF."""

from pathlib import Path

import mujoco

from envs.robots.description import description_directory
from envs.robots.g1 import constants
from envs.robots.g1.collision import add_collision

_URDFS = {False: "urdf/g1_29dof_rev_1_0.urdf", True: "urdf/g1_29dof_with_hand_rev_1_0.urdf"}


def g1_description(hands: bool = False) -> tuple[Path, str]:
    """Folder of the robot's description, and the path of its URDF in it; hands: the Dex3 ones."""
    return description_directory("g1_description"), _URDFS[hands]


def build_g1(hands: bool = False) -> mujoco.MjSpec:
    """A floating robot, z up, x forward, with a servo on every joint and light collision geometry.

    hands: with the Dex3 hands; their joints follow those of each arm, so that joints are not in the order of
        `constants.JOINTS` alone, and their servos come after the 29 others
    """
    description, urdf = g1_description(hands)
    meshes = {path.name: path.read_bytes() for path in (description / "meshes").glob("*.STL")}
    spec = mujoco.MjSpec.from_string((description / urdf).read_text(), assets=meshes)
    spec.modelname = "g1"
    spec.nuser_jnt = 1
    spec.body(constants.PELVIS).add_freejoint(name="floating_base")
    add_collision(spec)
    for mesh in list(spec.meshes):
        spec.delete(mesh)
    for link in (constants.PELVIS_IMU, constants.TORSO_IMU):
        spec.body(link).add_site(name=link)
    for joint in constants.JOINTS:
        kind = constants.kind_of(joint)
        spec.joint(joint).userdata = [kind.motor.velocity]
        _add_servo(spec, joint, kind.gains, kind.motor.armature, kind.motor.effort)
    for joint in constants.HAND_JOINTS if hands else ():
        effort = float(spec.joint(joint).actfrcrange[1])
        _add_servo(spec, joint, constants.FINGER_GAINS, constants.FINGER_ARMATURE, effort)
    return spec


def build_g1_with_hands() -> mujoco.MjSpec:
    """See `build_g1`."""
    return build_g1(hands=True)


def _add_servo(
    spec: mujoco.MjSpec, joint: str, gains: constants.Gains, armature: float, effort: float
) -> None:
    spec.joint(joint).armature = armature
    actuator = spec.add_actuator(
        name=joint,
        trntype=mujoco.mjtTrn.mjTRN_JOINT,
        target=joint,
        forcerange=(-effort, effort),
    )
    actuator.set_to_position(kp=gains.stiffness, kv=gains.damping)
