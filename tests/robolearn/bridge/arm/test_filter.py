"""Whatever is asked, targets of an arm are within limits, and nothing within them is changed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from robolearn.bridge.arm.filter import safe_joints, safe_pose
from robolearn.bridge.arm.limits import ArmLimits
from robolearn.bridge.arm.pose import EndEffectorPose, turn_between

LIMITS = ArmLimits(
    lowest=np.array([0.2, -0.3, 0.0]),
    highest=np.array([0.7, 0.3, 0.5]),
    step=0.1,
    turn=0.5,
    lower=np.array([-1.0, -2.0]),
    upper=np.array([1.0, 0.0]),
    joint_step=0.4,
    opening=0.06,
)

places = st.lists(st.floats(-2.0, 2.0), min_size=3, max_size=3).map(np.array)
turns = st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3).map(Rotation.from_rotvec)
poses = st.builds(EndEffectorPose, places, turns)


@given(wanted=poses, measured=poses)
def test_what_comes_out_is_within_limits(wanted: EndEffectorPose, measured: EndEffectorPose) -> None:
    safe, changes = safe_pose(wanted, measured, LIMITS)
    assert np.linalg.norm(safe.position - measured.position) <= LIMITS.step + 1e-9
    assert LIMITS.outside(safe.position) <= max(LIMITS.outside(measured.position), 1e-9)
    assert np.linalg.norm(turn_between(measured.rotation, safe.rotation)) <= LIMITS.turn + 1e-9
    same = (safe.position == wanted.position).all() and safe.rotation is wanted.rotation
    assert changes.any() != same


def test_a_target_too_far_away_is_shortened_on_its_way() -> None:
    measured = EndEffectorPose(np.array([0.4, 0.0, 0.2]), Rotation.identity())
    wanted = EndEffectorPose(np.array([0.4, 0.2, 0.2]), Rotation.from_rotvec([0.0, 0.0, 1.0]))
    safe, changes = safe_pose(wanted, measured, LIMITS)
    np.testing.assert_allclose(safe.position, [0.4, 0.1, 0.2])
    np.testing.assert_allclose(safe.rotation.as_rotvec(), [0.0, 0.0, 0.5])
    assert (changes.step, changes.turn, changes.workspace) == (True, True, False)


def test_from_outside_it_leads_into_the_box() -> None:
    measured = EndEffectorPose(np.array([0.4, 0.0, 0.75]), Rotation.identity())
    wanted = EndEffectorPose(np.array([0.4, 0.0, 0.8]), Rotation.identity())
    safe, changes = safe_pose(wanted, measured, LIMITS)
    np.testing.assert_allclose(safe.position, [0.4, 0.0, 0.65])
    assert (changes.step, changes.turn, changes.workspace) == (True, False, True)


def test_joints_too() -> None:
    measured = np.array([0.9, -0.5])
    assert not safe_joints(np.array([0.8, -0.6]), measured, LIMITS)[1]
    safe, changed = safe_joints(np.array([1.2, -1.5]), measured, LIMITS)
    np.testing.assert_allclose(safe, [1.0, -0.9])
    assert changed
