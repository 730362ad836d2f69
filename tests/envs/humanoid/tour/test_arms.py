"""How somebody else's arms move, and where their hands may not go."""

import mujoco
import numpy as np
import pytest
import torch
from torch import Tensor

from envs.humanoid.tour.arms import TourArms
from envs.humanoid.tour.hands import (
    ARM_MIRROR,
    HAND_HIGH,
    HAND_IN_WRIST,
    HAND_LOW,
    HEAD_UNDERSIDE,
    HandBounds,
)
from envs.humanoid.tour.robot import stance, tour_model
from envs.rendering.stl import read_stl
from envs.robots.g1.constants import JOINTS, LEFT_ARM, RIGHT_ARM, default_angle
from envs.robots.g1.model import g1_description
from robolearn.environment import episode_seeds


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return tour_model()


def limits(model: mujoco.MjModel, joints: tuple[str, ...]) -> tuple[Tensor, Tensor]:
    lower, upper = torch.tensor([model.joint(name).range.tolist() for name in joints]).unbind(1)
    return lower, upper


def path(model: mujoco.MjModel, seeds: Tensor, steps: int) -> Tensor:
    """Targets of both arms, (steps, N, 14)."""
    arms, running = TourArms(len(seeds), model), torch.ones(len(seeds), dtype=torch.bool)
    return torch.stack([arms.targets(seeds, torch.full((len(seeds),), t), running) for t in range(steps)])


def corners(model: mujoco.MjModel, left: Tensor) -> np.ndarray:
    """(2, 8, 3) of the boxes of both hands in the torso's frame, by MuJoCo."""
    data = mujoco.MjData(model)
    data.qpos[7:] = stance().numpy()
    for name, angle in zip((*LEFT_ARM, *RIGHT_ARM), torch.cat((left, ARM_MIRROR * left)), strict=True):
        data.joint(name).qpos[:] = float(angle)
    mujoco.mj_forward(model, data)
    torso, found = data.body("torso_link"), []
    for side, sign in (("left", 1.0), ("right", -1.0)):
        low, high = np.add(HAND_LOW, HAND_IN_WRIST), np.add(HAND_HIGH, HAND_IN_WRIST)
        box = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, 8).T * (1.0, sign, 1.0)
        wrist = data.body(f"{side}_wrist_yaw_link")
        world = box @ wrist.xmat.reshape(3, 3).T + wrist.xpos
        found.append((world - torso.xpos) @ torso.xmat.reshape(3, 3))
    return np.stack(found)


def test_arms_begin_in_the_stance_and_get_a_target_every_half_second(model: mujoco.MjModel) -> None:
    targets = path(model, episode_seeds(7, 0, 2), 76)
    rest = torch.tensor([default_angle(name) for name in (*LEFT_ARM, *RIGHT_ARM)])
    speed = torch.diff(torch.cat((rest.expand(1, 2, 14), targets)), dim=0)
    for window in range(3):
        part = speed[25 * window : 25 * window + 25]
        torch.testing.assert_close(part, part[:1].expand_as(part), atol=1e-5, rtol=0.0)
    assert not torch.allclose(speed[24], speed[25], atol=1e-4)


def test_the_right_arm_is_the_lefts_mirror_image(model: mujoco.MjModel) -> None:
    left, right = path(model, episode_seeds(7, 0, 2), 60).split(7, dim=2)
    sign = torch.tensor([1.0, -1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    assert torch.equal(right, sign * left)
    (left_low, left_high), (right_low, right_high) = limits(model, LEFT_ARM), limits(model, RIGHT_ARM)
    mirrored = torch.stack((sign * left_low, sign * left_high)).sort(0).values
    torch.testing.assert_close(mirrored, torch.stack((right_low, right_high)))


def test_a_target_is_a_random_walk_of_25_ticks_of_6_hundredths(model: mujoco.MjModel) -> None:
    arms = TourArms(1, model)
    start = torch.tensor([default_angle(name) for name in LEFT_ARM]).repeat(2000, 1)
    walked = arms._walk(episode_seeds(7, 0, 2000), torch.zeros(2000, dtype=torch.int64), start) - start
    assert float(walked.abs().max()) <= 25 * 0.06
    torch.testing.assert_close(walked.std(0), torch.full((7,), 0.06 * (25 / 3) ** 0.5), atol=0.0, rtol=0.07)


def test_walks_are_clipped_to_the_joints_limits(model: mujoco.MjModel) -> None:
    lower, upper = limits(model, LEFT_ARM)
    arms, seeds = TourArms(1, model), episode_seeds(7, 0, 50)
    walked = arms._walk(seeds, torch.zeros(50, dtype=torch.int64), upper.repeat(50, 1))
    assert bool((walked <= upper).all()) and bool((walked == upper).any()) and bool((walked < upper).any())
    assert bool((arms._walk(seeds, torch.zeros(50, dtype=torch.int64), lower.repeat(50, 1)) >= lower).all())


def test_hands_stay_in_front_of_their_stance_and_below_the_head(model: mujoco.MjModel) -> None:
    arms, seeds, bounds = TourArms(6, model), episode_seeds(7, 0, 6), HandBounds(model)
    running = torch.ones(6, dtype=torch.bool)
    start = arms.start.clone()
    front = corners(model, start[0])[..., 0].min()
    for window in range(30):
        arms.targets(seeds, torch.full((6,), 25 * window), running)
        for end in arms.end[(arms.end != arms.start).any(1)]:
            boxes = corners(model, end)
            assert boxes[..., 0].min() > front - 1e-5 and boxes[..., 2].max() < HEAD_UNDERSIDE + 1e-5
    assert abs(float(bounds.front) - front) < 1e-5
    assert float((arms.end - start).abs().max()) > 0.5


def test_a_hand_behind_or_above_is_refused(model: mujoco.MjModel) -> None:
    bounds = HandBounds(model)
    rest = torch.tensor([default_angle(name) for name in LEFT_ARM])
    postures = rest.repeat(4, 1)
    postures[0, LEFT_ARM.index("left_elbow_joint")] += 0.2
    postures[1, LEFT_ARM.index("left_shoulder_pitch_joint")] += 0.3
    postures[2, LEFT_ARM.index("left_shoulder_pitch_joint")] = -2.5
    postures[3, LEFT_ARM.index("left_shoulder_pitch_joint")] -= 0.5
    assert bounds.allow(postures).tolist() == [False, False, False, True]
    low, high = (bound.numpy() for bound in bounds.boxes(postures))
    for index, posture in enumerate(postures):
        boxes = corners(model, posture)
        np.testing.assert_allclose(low[index], boxes.min(1), atol=1e-6)
        np.testing.assert_allclose(high[index], boxes.max(1), atol=1e-6)
    assert low[1, 0, 0] < bounds.front and high[2, 0, 2] > HEAD_UNDERSIDE


def test_eight_draws_are_tried_and_then_the_arms_stay(
    model: mujoco.MjModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def refuse(self: HandBounds, left: Tensor) -> Tensor:
        tried.append(left)
        return torch.zeros(len(left), dtype=torch.bool)

    monkeypatch.setattr(HandBounds, "allow", refuse)
    arms = TourArms(2, model)
    end = arms.draw(episode_seeds(7, 0, 2), torch.zeros(2, dtype=torch.int64), arms.start)
    assert len(tried) == 8 and torch.equal(end, arms.start)
    assert len({tuple(left[0].tolist()) for left in tried}) == 8


def test_arms_follow_from_the_seed(model: mujoco.MjModel) -> None:
    seeds = episode_seeds(7, 0, 5)
    together = path(model, seeds, 130)
    assert torch.equal(path(model, seeds[3:4], 130)[:, 0], together[:, 3])
    assert not torch.equal(together[:, 3], together[:, 4])


def test_the_arms_of_finished_worlds_rest(model: mujoco.MjModel) -> None:
    arms, seeds = TourArms(2, model), episode_seeds(7, 0, 2)
    arms.targets(seeds, torch.zeros(2, dtype=torch.int64), torch.tensor([True, False]))
    moved = (arms.end != arms.start).any(1)
    assert not moved[1]


def test_boxes_are_those_of_the_meshes() -> None:
    description, urdf = g1_description()
    low, high = _extent("left_rubber_hand")
    np.testing.assert_allclose(HAND_LOW, low, atol=1e-4)
    np.testing.assert_allclose(HAND_HIGH, high, atol=1e-4)
    right_low, right_high = _extent("right_rubber_hand")
    mirror = np.array((1.0, -1.0, 1.0))
    np.testing.assert_allclose(np.sort(np.stack((right_low, right_high)) * mirror, 0), (low, high), atol=1e-4)
    text = (description / urdf).read_text()
    assert '<origin xyz="0.0415 0.003 0" rpy="0 0 0"/>\n    <parent link="left_wrist_yaw_link"/>' in text
    assert '<origin xyz="0.0039635 0 -0.044" rpy="0 0 0"/>\n    <parent link="torso_link"/>' in text
    assert abs(HEAD_UNDERSIDE - (_extent("head_link")[0][2] - 0.044)) < 1e-4


def _extent(mesh: str) -> tuple[np.ndarray, np.ndarray]:
    vertices = read_stl((g1_description()[0] / "meshes" / f"{mesh}.STL").read_bytes()).vertices
    return vertices.min(0), vertices.max(0)


def test_joints_are_in_the_order_of_the_arms() -> None:
    assert JOINTS[15:22] == LEFT_ARM and JOINTS[22:] == RIGHT_ARM
