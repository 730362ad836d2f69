"""Builds the Panda's MuJoCo model from its URDF."""

import mujoco

from envs.robots.description import description_directory
from envs.robots.panda import constants

_FINGER_BODIES = ("panda_leftfinger", "panda_rightfinger")


def build_panda() -> mujoco.MjSpec:
    """The arm on a fixed base at the origin, z up, with drives and light collision geometry.

    Links collide by primitives only: the fingers' boxes as in the URDF and one box for the hand.
    Actuators, in order: seven position drives [rad], then the gripper [-1 opens, 1 closes].
    """
    description = description_directory("panda_description")
    meshes = {path.name: path.read_bytes() for path in (description / "meshes/collision").glob("*.stl")}
    spec = mujoco.MjSpec.from_string((description / "urdf/panda.urdf").read_text(), assets=meshes)
    spec.modelname = "panda"
    spec.compiler.fusestatic = False
    _replace_link_meshes(spec)
    _add_end_effector(spec)
    _add_arm_drives(spec)
    _add_gripper_drive(spec)
    return spec


def _replace_link_meshes(spec: mujoco.MjSpec) -> None:
    for geom in [geom for geom in spec.geoms if geom.type == mujoco.mjtGeom.mjGEOM_MESH]:
        spec.delete(geom)
    for mesh in list(spec.meshes):
        spec.delete(mesh)
    spec.body("panda_hand").add_geom(
        name="hand",
        type=mujoco.mjtGeom.mjGEOM_BOX,
        size=constants.HAND_BOX_HALF_SIZE,
        pos=constants.HAND_BOX_CENTER,
        mass=0.0,
    )
    for body_name in _FINGER_BODIES:
        for index, geom in enumerate(spec.body(body_name).geoms):
            geom.name = f"{body_name}_{index}"
            geom.priority = 1


def _add_end_effector(spec: mujoco.MjSpec) -> None:
    spec.body(constants.END_EFFECTOR_BODY).add_site(name=constants.END_EFFECTOR_SITE)


def _add_arm_drives(spec: mujoco.MjSpec) -> None:
    """Servos whose target follows the command with the lag of the published, overdamped drives.

    A drive with that much damping for its inertia saturates its effort limit at every command; a lag before
    a critically damped servo of the same stiffness responds alike and stays within it.
    """
    for name in constants.ARM_JOINTS:
        joint = spec.joint(name)
        joint.armature = constants.ARMATURE
        effort_limit = float(joint.actfrcrange[1])
        actuator = spec.add_actuator(
            name=name,
            trntype=mujoco.mjtTrn.mjTRN_JOINT,
            target=name,
            forcerange=(-effort_limit, effort_limit),
        )
        actuator.set_to_position(
            kp=constants.DRIVE_STIFFNESS,
            dampratio=1.0,
            timeconst=constants.DRIVE_DAMPING / constants.DRIVE_STIFFNESS,
        )
    for body in spec.bodies:
        body.gravcomp = 1.0


def _add_gripper_drive(spec: mujoco.MjSpec) -> None:
    damping = constants.GRIP_FORCE / constants.FINGER_OPENING_SPEED
    for name in constants.FINGER_JOINTS:
        joint = spec.joint(name)
        joint.range[:] = (0.0, constants.MAX_OPENING / 2)
        joint.armature = constants.FINGER_ARMATURE
        joint.damping[0] = damping
        joint.solref_limit[:] = constants.FINGER_STOP_SOLREF
        joint.solimp_limit[:] = constants.FINGER_STOP_SOLIMP
    (mimic,) = spec.equalities
    mimic.solref[:], mimic.solimp[:] = constants.FINGER_STOP_SOLREF, constants.FINGER_STOP_SOLIMP
    # On both fingers alike: a drive on one of them would pass half of the grip through the soft mimic.
    fingers = spec.add_tendon(name="fingers")
    for name in constants.FINGER_JOINTS:
        fingers.wrap_joint(name, 1.0)
    spec.add_actuator(
        name="gripper",
        trntype=mujoco.mjtTrn.mjTRN_TENDON,
        target="fingers",
        ctrlrange=(-1.0, 1.0),
        ctrllimited=True,
    ).gainprm[0] = -constants.GRIP_FORCE
