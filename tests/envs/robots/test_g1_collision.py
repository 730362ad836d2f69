"""What of the G1 touches what in known postures, and that it stands on its feet."""

import mujoco
import numpy as np
import pytest

from envs.robots.g1 import constants as g1
from envs.robots.g1.collision import foot_geoms
from envs.robots.g1.model import build_g1
from g1_postures import HANGING_ARMS, SQUAT, STRAIGHT_ARMS, STRAIGHT_LEGS, Posture, angles, placed, touching


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return build_g1().compile()


@pytest.mark.parametrize("legs", [{}, SQUAT, STRAIGHT_LEGS], ids=["default", "squat", "straight"])
@pytest.mark.parametrize("arms", [{}, HANGING_ARMS], ids=["default", "hanging"])
def test_common_postures_touch_nothing(model: mujoco.MjModel, legs: Posture, arms: Posture) -> None:
    assert touching(model, placed(model, angles({**legs, **arms}))) == set()


def test_the_zero_posture_touches_nothing(model: mujoco.MjModel) -> None:
    assert touching(model, placed(model, np.zeros(29))) == set()


@pytest.mark.parametrize(
    ("posture", "expected"),
    [
        ({"hip_roll": -0.35}, ("left_knee_link", "right_knee_link")),
        ({"hip_roll": -0.25, "left_knee": 1.2}, ("left_hip_yaw_link", "right_hip_yaw_link")),
        ({"left_shoulder_yaw": -1.4, "left_elbow": 0.0}, ("left_wrist_yaw_link", "torso_link_1")),
        ({"right_shoulder_yaw": 1.4, "right_elbow": 0.0}, ("right_wrist_yaw_link", "torso_link_1")),
        ({**STRAIGHT_ARMS, "left_elbow": 1.57}, ("left_hip_yaw_link", "left_wrist_yaw_link")),
        ({**STRAIGHT_ARMS, "right_elbow": 1.57}, ("right_hip_yaw_link", "right_wrist_yaw_link")),
        ({**STRAIGHT_ARMS, "shoulder_yaw": -0.7}, ("left_wrist_yaw_link", "right_wrist_yaw_link")),
    ],
)
def test_what_is_driven_together_touches(
    model: mujoco.MjModel, posture: Posture, expected: tuple[str, str]
) -> None:
    assert expected in touching(model, placed(model, angles(posture)))


@pytest.fixture(scope="module")
def on_a_floor() -> mujoco.MjModel:
    spec = build_g1()
    plane = mujoco.mjtGeom.mjGEOM_PLANE
    spec.worldbody.add_geom(name="floor", type=plane, size=(0.0, 0.0, 1.0), contype=1, conaffinity=0)
    return spec.compile()


def test_it_stands_on_the_spheres_of_its_feet(on_a_floor: mujoco.MjModel) -> None:
    data = placed(on_a_floor, angles({}), height=0.78)
    data.ctrl[:] = angles({})
    mujoco.mj_step(on_a_floor, data, nstep=200)
    feet = [geom for side in g1.SIDES for geom in foot_geoms(side)]
    assert touching(on_a_floor, data) == {("floor", geom) for geom in feet}
    for foot in g1.FEET:
        assert data.body(foot).xpos[2] == pytest.approx(g1.SOLE_BELOW_ANKLE, abs=2e-3)


@pytest.mark.parametrize("part", ["torso_link_3", "pelvis_0", "left_wrist_yaw_link", "right_knee_link"])
def test_every_part_meets_the_floor(on_a_floor: mujoco.MjModel, part: str) -> None:
    height = 5.0 - placed(on_a_floor, angles({})).geom(part).xpos[2]
    assert ("floor", part) in touching(on_a_floor, placed(on_a_floor, angles({}), height))
