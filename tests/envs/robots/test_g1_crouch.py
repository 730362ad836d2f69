"""The standing postures do stand: checked against MuJoCo's kinematics and statics."""

import mujoco
import numpy as np
import pytest
import torch

from envs.robots.g1 import constants
from envs.robots.g1.crouch import HEIGHTS, LEANS, POSTURES, TARGETS, crouch_lean, crouch_posture
from envs.robots.g1.model import build_g1

MODEL = build_g1().compile()


def placed(row: int) -> mujoco.MjData:
    data = mujoco.MjData(MODEL)
    pitch = float(LEANS[row])
    data.qpos[:7] = 0.0, 0.0, float(HEIGHTS[row]), np.cos(pitch / 2), 0.0, np.sin(pitch / 2), 0.0
    for joint, angle in zip(constants.JOINTS, POSTURES[row].tolist(), strict=True):
        data.qpos[MODEL.joint(joint).qposadr[0]] = angle
    mujoco.mj_forward(MODEL, data)
    return data


@pytest.mark.parametrize("row", range(len(HEIGHTS)))
def test_soles_are_flat_on_the_floor_under_the_centre_of_mass(row: int) -> None:
    data = placed(row)
    for foot in constants.FEET:
        body = data.body(foot)
        assert abs(body.xpos[2] - constants.SOLE_BELOW_ANKLE) < 2e-3
        assert body.xmat[8] > 0.9999
    assert abs(data.subtree_com[1][0] - data.body(constants.FEET[0]).xpos[0] - 0.035) < 3e-3
    for joint in constants.JOINTS:
        low, high = MODEL.joint(joint).range
        assert low < data.qpos[MODEL.joint(joint).qposadr[0]] < high


@pytest.mark.parametrize("row", range(len(HEIGHTS)))
def test_targets_hold_it_against_gravity(row: int) -> None:
    data = placed(row)
    needed = data.qfrc_bias.copy()
    weight = -MODEL.opt.gravity[2] * MODEL.body_subtreemass[1]
    for foot in constants.FEET:
        body = data.body(foot)
        place = np.array([data.subtree_com[1][0], body.xpos[1], 0.0])
        jacobian = np.zeros((3, MODEL.nv))
        mujoco.mj_jac(MODEL, data, jacobian, None, place, body.id)
        needed -= jacobian.T @ [0.0, 0.0, weight / 2]
    assert np.abs(needed[:6]).max() < 0.5
    for column, joint in enumerate(constants.JOINTS[:15]):
        servo = constants.kind_of(joint).gains.stiffness * float(TARGETS[row, column] - POSTURES[row, column])
        assert abs(servo - needed[MODEL.joint(joint).dofadr[0]]) < 1.0, joint


def test_between_rows_and_beyond() -> None:
    heights = torch.tensor([0.1, 0.30, 0.9])
    postures = crouch_posture(heights)
    torch.testing.assert_close(postures[0], POSTURES[0])
    torch.testing.assert_close(postures[1], POSTURES[:2].mean(0))
    torch.testing.assert_close(postures[2], POSTURES[-1])
    torch.testing.assert_close(crouch_lean(heights)[1], LEANS[:2].mean())
