"""Fingers follow grippers, the right hand as the left one's mirror image."""

import numpy as np
import pytest

from envs.robots.g1.constants import HAND_JOINTS, JOINTS
from envs.robots.g1.model import build_g1_with_hands
from robolearn.retarget.grippers import CLOSED, finger_angles
from robolearn.retarget.retargeted import BODY, COLUMNS, FINGERS


def test_open_and_closed_and_between() -> None:
    found = finger_angles(np.array([[0.0, 1.0], [0.5, -1.0], [2.0, 0.25]]))
    np.testing.assert_allclose(found[0], [*[0.0] * 7, *CLOSED[7:]])
    np.testing.assert_allclose(found[1], [*(0.5 * CLOSED[:7]), *[0.0] * 7])
    np.testing.assert_allclose(found[2], [*CLOSED[:7], *(0.25 * CLOSED[7:])])
    np.testing.assert_array_equal(CLOSED[7:], -CLOSED[:7])


def test_a_fist_is_within_the_joints_limits() -> None:
    model = build_g1_with_hands().compile()
    for name, angle in zip(HAND_JOINTS, CLOSED, strict=True):
        low, high = model.joint(name).range
        assert low <= angle <= high, name


@pytest.mark.parametrize(("ours", "robots"), [(BODY, JOINTS), (FINGERS, HAND_JOINTS)])
def test_names_are_the_robots(ours: tuple[str, ...], robots: tuple[str, ...]) -> None:
    assert ours == robots


def test_the_action_has_the_published_layout() -> None:
    action = COLUMNS["action"]
    assert action.size == 32
    assert action.names[:14] == tuple(f"{name}.target" for name in JOINTS[15:])
    assert action.names[28:] == tuple(
        f"command.{name}" for name in ("velocity_x", "velocity_y", "yaw_rate", "height")
    )
