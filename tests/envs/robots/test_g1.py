"""The G1 in MuJoCo against Pinocchio on the same URDF, and the constants that it carries."""

import importlib
import xml.etree.ElementTree as ElementTree
from typing import Any

import mujoco
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from envs.robots.g1 import constants as g1
from envs.robots.g1.model import build_g1, g1_description

pinocchio: Any = importlib.import_module("pinocchio")
"""Its compiled module has no types."""

ARM = ("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow", "wrist_roll", "wrist_pitch", "wrist_yaw")
LEG = ("hip_pitch", "hip_roll", "hip_yaw", "knee", "ankle_pitch", "ankle_roll")
PUBLISHED_ORDER = (
    *(f"left_{name}_joint" for name in LEG),
    *(f"right_{name}_joint" for name in LEG),
    *("waist_yaw_joint", "waist_roll_joint", "waist_pitch_joint"),
    *(f"left_{name}_joint" for name in ARM),
    *(f"right_{name}_joint" for name in ARM),
)
"""Motor slots 0 to 28 of the manufacturer's `unitree_hg` interface."""


class Robot:
    """The robot in MuJoCo, and in Pinocchio with a floating base."""

    def __init__(self, hands: bool) -> None:
        description, urdf = g1_description(hands)
        self.model = build_g1(hands).compile()
        self.urdf = description / urdf
        self.reference = pinocchio.buildModelFromUrdf(str(self.urdf), pinocchio.JointModelFreeFlyer())
        self.scratch = self.reference.createData()
        self.hinges = [self.model.joint(index) for index in range(1, self.model.njnt)]
        self.theirs = [self.reference.joints[self.reference.getJointId(joint.name)] for joint in self.hinges]

    def configurations(self, count: int) -> np.ndarray:
        """(count, nq) as MuJoCo has them, anywhere; every third with each joint at one of its limits."""
        random = np.random.default_rng(0)
        limits = np.array([joint.range for joint in self.hinges])
        drawn = np.empty((count, self.model.nq))
        drawn[:, :3] = random.uniform(-2.0, 2.0, (count, 3))
        drawn[:, 3:7] = Rotation.random(count, rng=random).as_quat(scalar_first=True)
        drawn[:, 7:] = random.uniform(limits[:, 0], limits[:, 1], (count, len(limits)))
        drawn[::3, 7:] = np.where(random.random((len(drawn[::3]), len(limits))) < 0.5, *limits.T)
        return drawn

    def in_mujoco(self, qpos: np.ndarray, velocity: np.ndarray | None = None) -> mujoco.MjData:
        """The state there, at rest unless a velocity of MuJoCo's is given."""
        data = mujoco.MjData(self.model)
        data.qpos[:] = qpos
        if velocity is not None:
            data.qvel[:] = velocity
        mujoco.mj_forward(self.model, data)
        return data

    def in_pinocchio(self, qpos: np.ndarray) -> np.ndarray:
        """The same configuration as Pinocchio has it: the base's quaternion has its scalar last."""
        configuration = pinocchio.neutral(self.reference)
        configuration[:7] = qpos[[0, 1, 2, 4, 5, 6, 3]]
        configuration[[joint.idx_q for joint in self.theirs]] = qpos[7:]
        return configuration

    def to_mujoco(self, qpos: np.ndarray) -> np.ndarray:
        """(nv, nv), orthogonal: from Pinocchio's velocities, the base's in its own frame, to MuJoCo's."""
        to = np.zeros((self.model.nv, self.model.nv))
        to[:3, :3] = Rotation.from_quat(qpos[3:7], scalar_first=True).as_matrix()
        to[3:6, 3:6] = np.eye(3)
        for ours, theirs in zip(self.hinges, self.theirs, strict=True):
            to[ours.dofadr[0], theirs.idx_v] = 1.0
        return to


@pytest.fixture(scope="module", params=[False, True], ids=["rubber", "hands"])
def robot(request: pytest.FixtureRequest) -> Robot:
    return Robot(request.param)


def test_mass_and_its_centre_are_pinocchios(robot: Robot) -> None:
    total = pinocchio.computeTotalMass(robot.reference)
    assert total > 33.0
    np.testing.assert_allclose(robot.model.body_mass.sum(), total, rtol=1e-6)
    for qpos in robot.configurations(10):
        expected = pinocchio.centerOfMass(robot.reference, robot.scratch, robot.in_pinocchio(qpos))
        np.testing.assert_allclose(robot.in_mujoco(qpos).body(g1.PELVIS).subtree_com, expected, atol=1e-6)


def test_every_link_and_sensor_is_where_pinocchio_has_it(robot: Robot) -> None:
    links = [robot.model.body(index).name for index in range(1, robot.model.nbody)]
    assert {g1.PELVIS, g1.TORSO, *g1.FEET, *g1.WRISTS} <= set(links)
    for qpos in robot.configurations(12):
        data = robot.in_mujoco(qpos)
        pinocchio.framesForwardKinematics(robot.reference, robot.scratch, robot.in_pinocchio(qpos))
        poses = [(link, data.body(link).xpos, data.body(link).xmat) for link in links]
        poses += [(imu, data.site(imu).xpos, data.site(imu).xmat) for imu in (g1.PELVIS_IMU, g1.TORSO_IMU)]
        for name, position, matrix in poses:
            expected = robot.scratch.oMf[robot.reference.getFrameId(name)]
            np.testing.assert_allclose(position, expected.translation, atol=1e-6, err_msg=name)
            np.testing.assert_allclose(matrix.reshape(3, 3), expected.rotation, atol=1e-6, err_msg=name)


def test_mass_matrix_is_pinocchios_and_the_armature(robot: Robot) -> None:
    for qpos in robot.configurations(10):
        found = np.zeros((robot.model.nv, robot.model.nv))
        mujoco.mj_fullM(robot.model, robot.in_mujoco(qpos), found)
        upper = np.triu(pinocchio.crba(robot.reference, robot.scratch, robot.in_pinocchio(qpos)))
        to = robot.to_mujoco(qpos)
        expected = to @ (upper + np.triu(upper, 1).T) @ to.T
        np.testing.assert_allclose(found - np.diag(robot.model.dof_armature), expected, atol=1e-6, rtol=1e-6)


def test_gravity_is_pinocchios(robot: Robot) -> None:
    for qpos in robot.configurations(10):
        gravity = pinocchio.computeGeneralizedGravity(
            robot.reference, robot.scratch, robot.in_pinocchio(qpos)
        )
        np.testing.assert_allclose(
            robot.in_mujoco(qpos).qfrc_bias, robot.to_mujoco(qpos) @ gravity, atol=1e-6, rtol=1e-6
        )


def test_forces_of_motion_are_pinocchios(robot: Robot) -> None:
    for qpos in robot.configurations(10):
        velocity = np.random.default_rng(1).standard_normal(robot.model.nv)
        to = robot.to_mujoco(qpos)
        # Where MuJoCo's linear acceleration, in the world, is zero, that in the turning base is not.
        acceleration = np.zeros(robot.model.nv)
        acceleration[:3] = -np.cross(velocity[3:6], velocity[:3])
        forces = pinocchio.rnea(
            robot.reference, robot.scratch, robot.in_pinocchio(qpos), velocity, acceleration
        )
        found = robot.in_mujoco(qpos, to @ velocity).qfrc_bias
        np.testing.assert_allclose(found, to @ forces, atol=1e-6, rtol=1e-6)


def test_joints_and_actuators_come_in_the_published_order(robot: Robot) -> None:
    assert g1.JOINTS == PUBLISHED_ORDER
    assert robot.model.joint(0).type == mujoco.mjtJoint.mjJNT_FREE
    driven = [joint.name for joint in robot.hinges if "_hand_" not in joint.name]
    assert tuple(driven) == PUBLISHED_ORDER
    actuators = tuple(robot.model.actuator(index).name for index in range(robot.model.nu))
    assert actuators[:29] == PUBLISHED_ORDER
    assert actuators[29:] == (g1.HAND_JOINTS if robot.model.njnt > 30 else ())


def test_fingers_hold_still_while_the_robot_is_shaken() -> None:
    spec = build_g1(hands=True)
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.timestep = 0.005
    model = spec.compile()
    data = mujoco.MjData(model)
    fingers = [int(model.joint(name).qposadr[0]) for name in g1.HAND_JOINTS]
    elbow = model.actuator("left_elbow_joint").id
    for step in range(200):
        data.ctrl[elbow] = 0.5 * np.sin(0.1 * step)
        mujoco.mj_step(model, data)
        assert np.abs(data.qpos[fingers]).max() < 0.2


def test_the_compiled_model_carries_the_constants(robot: Robot) -> None:
    model = robot.model
    for name in g1.JOINTS:
        kind, joint, actuator = g1.kind_of(name), model.joint(name), model.actuator(name)
        assert actuator.trnid[0] == joint.id
        assert joint.armature == model.dof_armature[joint.dofadr[0]] == kind.motor.armature
        assert actuator.gainprm[0] == -actuator.biasprm[1] == kind.gains.stiffness
        assert -actuator.biasprm[2] == kind.gains.damping
        np.testing.assert_array_equal(actuator.forcerange, (-kind.motor.effort, kind.motor.effort))
        assert model.jnt_user[joint.id, 0] == kind.motor.velocity
        assert joint.range[0] < g1.default_angle(name) < joint.range[1]


def test_limits_are_the_urdfs(robot: Robot) -> None:
    root = ElementTree.parse(robot.urdf).getroot()
    limits = {joint.attrib["name"]: joint.find("limit") for joint in root.iterfind("joint")}
    for name in g1.JOINTS:
        limit, motor, joint = limits[name], g1.kind_of(name).motor, robot.model.joint(name)
        assert limit is not None
        assert motor.effort == float(limit.attrib["effort"])
        assert motor.velocity == float(limit.attrib["velocity"])
        assert joint.range.tolist() == [float(limit.attrib[end]) for end in ("lower", "upper")]


def test_the_default_posture_is_its_own_mirror_image() -> None:
    for name in (*g1.LEFT_LEG, *g1.LEFT_ARM):
        other = g1.default_angle(name.replace("left", "right"))
        assert other == (-1 if "roll" in name or "yaw" in name else 1) * g1.default_angle(name)


@pytest.mark.parametrize("name", ["left_tail_joint", "waist_joint"])
def test_a_joint_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        g1.kind_of(name)
