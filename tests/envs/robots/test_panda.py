"""The Panda in MuJoCo against Pinocchio on the same URDF, and the constants that it carries."""

import importlib
import math
from typing import Any

import mujoco
import numpy as np
import pytest

from envs.robots.description import description_directory
from envs.robots.panda import constants as panda
from envs.robots.panda.model import build_panda
from robolearn.errors import UserError

pinocchio: Any = importlib.import_module("pinocchio")
"""Its compiled module has no types."""

JOINTS = (*panda.ARM_JOINTS, *panda.FINGER_JOINTS)


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return build_panda().compile()


@pytest.fixture(scope="module")
def reference() -> Any:
    return pinocchio.buildModelFromUrdf(str(description_directory("panda_description") / "urdf/panda.urdf"))


def configurations(model: mujoco.MjModel, count: int) -> np.ndarray:
    """(count, 9) of JOINTS within their limits, the nominal start first."""
    limits = np.array([model.joint(name).range for name in JOINTS])
    drawn = np.random.default_rng(0).uniform(limits[:, 0], limits[:, 1], (count, len(JOINTS)))
    drawn[0] = (*panda.RESET_JOINT_POSITIONS, 0.01, 0.01)
    return drawn


def in_mujoco(model: mujoco.MjModel, values: np.ndarray) -> tuple[mujoco.MjData, list[int]]:
    """The state at joint positions `values`, (9,), and the joints' degrees of freedom in it."""
    data = mujoco.MjData(model)
    for name, value in zip(JOINTS, values, strict=True):
        data.joint(name).qpos[:] = value
    mujoco.mj_forward(model, data)
    return data, [int(model.joint(name).dofadr[0]) for name in JOINTS]


def in_pinocchio(reference: Any, values: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The same as a configuration of Pinocchio's model, (9,), and the joints' places in it."""
    places = [reference.joints[reference.getJointId(name)].idx_q for name in JOINTS]
    configuration = pinocchio.neutral(reference)
    configuration[places] = values
    return configuration, places


def test_every_link_is_where_pinocchio_has_it(model: mujoco.MjModel, reference: Any) -> None:
    scratch = reference.createData()
    links = [model.body(index).name for index in range(1, model.nbody)]
    assert {"panda_link0", "panda_link7", "panda_hand", panda.END_EFFECTOR_BODY} <= set(links)
    for values in configurations(model, 20):
        data, _ = in_mujoco(model, values)
        configuration, _ = in_pinocchio(reference, values)
        pinocchio.framesForwardKinematics(reference, scratch, configuration)
        for link in links:
            placement = scratch.oMf[reference.getFrameId(link)]
            np.testing.assert_allclose(data.body(link).xpos, placement.translation, atol=1e-6)
            np.testing.assert_allclose(data.body(link).xmat.reshape(3, 3), placement.rotation, atol=1e-6)


def test_mass_matrix_is_pinocchios_and_the_armature(model: mujoco.MjModel, reference: Any) -> None:
    for values in configurations(model, 10):
        data, dofs = in_mujoco(model, values)
        found = np.zeros((model.nv, model.nv))
        mujoco.mj_fullM(model, data, found)
        found -= np.diag(model.dof_armature)
        configuration, places = in_pinocchio(reference, values)
        expected = pinocchio.crba(reference, reference.createData(), configuration)
        expected = np.triu(expected) + np.triu(expected, 1).T
        np.testing.assert_allclose(
            found[np.ix_(dofs, dofs)], expected[np.ix_(places, places)], atol=1e-6, rtol=1e-6
        )


def test_gravity_is_pinocchios_and_compensated(model: mujoco.MjModel, reference: Any) -> None:
    for values in configurations(model, 10):
        data, dofs = in_mujoco(model, values)
        configuration, places = in_pinocchio(reference, values)
        expected = pinocchio.computeGeneralizedGravity(reference, reference.createData(), configuration)
        np.testing.assert_allclose(data.qfrc_bias[dofs], expected[places], rtol=1e-6, atol=1e-5)
        np.testing.assert_allclose(data.qfrc_gravcomp[dofs], data.qfrc_bias[dofs], atol=1e-9)


def test_the_compiled_model_carries_the_constants(model: mujoco.MjModel) -> None:
    assert [model.actuator(index).name for index in range(model.nu)] == [*panda.ARM_JOINTS, "gripper"]
    for name in panda.ARM_JOINTS:
        assert model.joint(name).armature == panda.ARMATURE
        assert model.actuator(name).gainprm[0] == panda.DRIVE_STIFFNESS
        np.testing.assert_array_equal(
            model.actuator(name).forcerange, model.jnt_actfrcrange[model.joint(name).id]
        )
    for name in panda.FINGER_JOINTS:
        np.testing.assert_allclose(model.joint(name).range, (0.0, panda.MAX_OPENING / 2))
    reset = np.array(panda.RESET_JOINT_POSITIONS)
    limits = np.array([model.joint(name).range for name in panda.ARM_JOINTS])
    assert (reset > limits[:, 0]).all() and (reset < limits[:, 1]).all()


def test_the_end_effector_lies_between_the_fingertips_which_close_along_its_y(model: mujoco.MjModel) -> None:
    data, _ = in_mujoco(model, np.array((*panda.RESET_JOINT_POSITIONS, 0.02, 0.02)))
    tool = data.site(panda.END_EFFECTOR_SITE)
    left, right = (data.body(name).xpos for name in ("panda_leftfinger", "panda_rightfinger"))
    axes = tool.xmat.reshape(3, 3)
    np.testing.assert_allclose(axes.T @ (left - right), (0.0, 0.04, 0.0), atol=1e-9)
    np.testing.assert_allclose(
        axes.T @ ((left + right) / 2 - tool.xpos), (0.0, 0.0, 0.0584 - 0.1034), atol=1e-9
    )
    down = np.array((0.0, 0.0, -1.0))
    assert math.degrees(math.acos(axes[:, 2] @ down)) < 10


def test_a_robot_that_is_not_there_is_named() -> None:
    with pytest.raises(UserError, match="has no robot 'pandas_description'"):
        description_directory("pandas_description")
