"""Balance by the capture point: its sign and size, who is balanced, and that robots stand by it."""

import math

import pytest
import torch
from torch import Tensor

from envs.humanoid.privileged import ESTIMATED, PRIVILEGED
from envs.humanoid.specification import worker_spec
from envs.humanoid.worker import WorkerEnvironment
from envs.humanoid.worker_training import make_worker
from robolearn.policies.worker.balancing import (
    GRAVITY,
    LENGTH_GAIN,
    PITCH_GAIN,
    ROLL_GAIN,
    STRAIGHT_HEIGHT,
    CapturePoint,
    balancing_angles,
    leg_lengthening,
)
from robolearn.policies.worker.legs import AXES_PITCH, LegJoints
from robolearn.policies.worker.mirror import Mirror
from robolearn.policies.worker.settings import WorkerNetworks

JOINTS = tuple(
    f"{side}_{kind}_joint"
    for side in ("left", "right")
    for kind in ("hip_pitch", "hip_roll", "hip_yaw", "ankle_pitch", "ankle_roll")
)
LEGS = LegJoints(JOINTS)
HEIGHT = torch.tensor([0.6])
NONE = torch.zeros(1, 2)
UPRIGHT = torch.full((1,), -AXES_PITCH)


def capture_point(**values: float) -> Tensor:
    estimate = torch.zeros(1, len(ESTIMATED))
    for name, value in values.items():
        estimate[0, ESTIMATED.index(name.replace("__", "."))] = value
    return CapturePoint(ESTIMATED).of(estimate, HEIGHT)


def test_a_centre_of_mass_ahead_presses_the_toes_down() -> None:
    angles = balancing_angles(LEGS, capture_point(com_over_feet__x=10.0 * 0.03), HEIGHT, NONE, UPRIGHT)[0]
    assert angles.tolist() == pytest.approx([0.0, 0.0, 0.0, PITCH_GAIN * 0.05, 0.0] * 2)


def test_speed_counts_by_the_pendulums_time() -> None:
    seconds = math.sqrt(0.6 / GRAVITY)
    displaced = capture_point(com_over_feet__x=10.0 * 0.1 * seconds)
    torch.testing.assert_close(capture_point(velocity_in_heading__x=2.0 * 0.1), displaced)


def test_a_centre_of_mass_to_the_left_moves_the_pelvis_to_the_right() -> None:
    angles = balancing_angles(LEGS, capture_point(com_over_feet__y=10.0 * 0.03), HEIGHT, NONE, UPRIGHT)[0]
    assert angles.tolist() == pytest.approx([0.0, ROLL_GAIN * 0.05, 0.0, 0.0, -ROLL_GAIN * 0.05] * 2)


def test_left_and_right_are_alike() -> None:
    points, tilts, thighs = torch.randn(5, 2), torch.randn(5, 2), -torch.rand(5)
    heights = 0.3 + torch.rand(5)
    other = torch.tensor([1.0, -1.0])
    mirrored = balancing_angles(LEGS, points * other, heights, tilts * other, thighs)
    expected = Mirror.of(JOINTS).apply(balancing_angles(LEGS, points, heights, tilts, thighs))
    torch.testing.assert_close(mirrored, expected)


def test_the_leg_that_a_squatting_robot_leans_to_becomes_longer() -> None:
    left = capture_point(com_over_feet__y=10.0 * 0.03)
    squat = leg_lengthening(left, torch.tensor([0.4]))[0]
    assert squat.tolist() == pytest.approx([0.03 * LENGTH_GAIN, -0.03 * LENGTH_GAIN])
    assert not leg_lengthening(left, torch.tensor([STRAIGHT_HEIGHT])).any()


def test_a_longer_leg_is_stretched_where_the_robot_stands() -> None:
    policy = make_worker(worker_spec("legs_and_waist", 1000), WorkerNetworks([8], [8], [8], [0], []))
    names = policy.spec.observation.names
    observation = torch.zeros(1, len(names))
    observation[0, names.index("gait.height")] = 0.4
    estimate = torch.zeros(1, len(ESTIMATED))
    estimate[0, ESTIMATED.index("com_over_feet.y")] = 10.0 * 0.03
    action = policy.decide(observation, estimate, torch.zeros(1, policy.output_size)).action[0]
    left, right = (policy.spec.action.names.index(f"{side}_knee_joint.target") for side in ("left", "right"))
    assert action[left] < action[right] - 0.05


def fallen(height: float, knows: bool) -> int:
    """Of 8 nominal robots, untrained, whose arms move for 8 s, whether or not told the truth; none steps."""
    environment = WorkerEnvironment(8, randomness="none", num_threads=2)
    environment.set_command(torch.tensor([[0.0, 0.0, 0.0, height]]).repeat(8, 1))
    policy = make_worker(environment.spec, WorkerNetworks([8], [8], [8], [0], []))
    places = [PRIVILEGED.index(name) for name in ESTIMATED]
    observation = environment.reset(torch.arange(8))
    for _ in range(400):
        truth = environment.privileged()[:, -len(PRIVILEGED) :][:, places]
        action = policy.decide(observation, knows * truth, torch.zeros(8, policy.output_size)).action
        action[:, -1] = 0.0
        observation = environment.step(action).observation
    return int(environment.done.sum())


@pytest.mark.parametrize("height", [0.74, 0.4])
def test_an_untrained_worker_that_knows_its_centre_of_mass_stands(height: float) -> None:
    assert fallen(height, knows=True) <= 1
    assert fallen(height, knows=False) >= 4
