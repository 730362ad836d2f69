"""Commands of the modes without a policy."""

import numpy as np
import pytest

from reference_filter import torque
from robolearn.bridge.safety.joints import JointMeasurement
from robolearn.bridge.safety.postures import braking, holding, standing

START, GOAL = np.array([0.4, -1.0]), np.array([0.0, 0.5])
KP, KD = np.array([100.0, 40.0]), np.array([2.0, 1.0])


def test_standing_goes_from_one_posture_to_the_other() -> None:
    begun, over = standing(START, GOAL, KP, KD, 0.0, 2.5), standing(START, GOAL, KP, KD, 2.5, 2.5)
    assert (begun.q == START).all() and (over.q == GOAL).all()
    assert not begun.dq.any() and not over.dq.any()
    halfway = standing(START, GOAL, KP, KD, 1.25, 2.5)
    assert halfway.q == pytest.approx((START + GOAL) / 2)
    for outside, expected in ((-1.0, START), (9.0, GOAL)):
        still = standing(START, GOAL, KP, KD, outside, 2.5)
        assert (still.q == expected).all() and not still.dq.any()


def test_standing_commands_the_speed_of_its_way() -> None:
    step = 1e-6
    for time in (0.3, 1.0, 2.2):
        before, here, after = (
            standing(START, GOAL, KP, KD, time + shift, 2.5) for shift in (-step, 0.0, step)
        )
        assert here.dq == pytest.approx((after.q - before.q) / (2 * step), rel=1e-6)
        assert (here.kp == KP).all() and (here.kd == KD).all() and not here.tau.any()


def test_standing_up_begins_without_a_torque() -> None:
    measured = JointMeasurement(START, np.zeros(2))
    assert not torque(standing(START, GOAL, KP, KD, 0.0, 2.5), measured).any()


def test_braking_opposes_any_motion_and_nothing_else() -> None:
    command = braking(START, KD)
    assert torque(command, JointMeasurement(GOAL, np.array([3.0, -2.0]))).tolist() == [-6.0, 2.0]
    assert not torque(command, JointMeasurement(GOAL, np.zeros(2))).any()


def test_holding_pulls_back() -> None:
    command = holding(START, KP, KD)
    assert not torque(command, JointMeasurement(START, np.zeros(2))).any()
    assert torque(command, JointMeasurement(START + 0.1, np.zeros(2))) == pytest.approx(-0.1 * KP)
