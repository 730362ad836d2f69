"""The worker's rewards: left and right count alike, and what is always missing of a turn is known."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn.functional import pad

from envs.humanoid.rewards import TERMS, Moment, Rewards, yaw_bias, yaw_speed
from envs.humanoid.settings import RewardWeights
from envs.humanoid.state import HumanoidState
from envs.humanoid.worker import WorkerEnvironment
from envs.robots.g1.constants import JOINTS
from envs.robots.g1.crouch import crouch_targets
from robolearn.environment import episode_seeds
from robolearn.policies.worker.command import GAIT_PERIOD, Gait
from robolearn.policies.worker.mirror import Mirror

WORLDS = 64
PERIOD = 0.02
TURNED = torch.tensor([1.0, -1.0, -1.0])
"""What the mirror does to velocities x and y and to a yaw rate."""
ACROSS = torch.tensor([1.0, -1.0, 1.0])


@pytest.fixture(scope="module")
def limits() -> tuple[Tensor, Tensor]:
    """Of the robot's joints, (29,) each [rad]."""
    environment = WorkerEnvironment(1, num_threads=1)
    return environment._lower, environment._upper  # pyright: ignore[reportPrivateUsage]


def any_state(seed: int) -> HumanoidState:
    """As no robot is, but with every entry drawn."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(WORLDS, *shape, generator=generator)

    return HumanoidState(
        pelvis_height=0.6 + 0.1 * draw(),
        gravity_in_pelvis=draw(3),
        angular_velocity_in_pelvis=draw(3),
        velocity_in_heading=draw(3),
        yaw=draw(),
        yaw_rate=draw(),
        joint_position=draw(len(JOINTS)),
        joint_velocity=20.0 * draw(len(JOINTS)),
        torque=60.0 * draw(len(JOINTS)),
        foot_position=draw(2, 3),
        foot_in_heading=draw(2, 3),
        foot_velocity=draw(2, 3),
        foot_height=draw(2),
        foot_tilt=draw(2).abs(),
        foot_yaw=draw(2),
        foot_contact=draw(2) > 0.0,
        com_over_feet=draw(2),
    )


def any_moment(limits: tuple[Tensor, Tensor]) -> Moment:
    """With half of the robots told to stand, half of whose gait clocks run."""
    generator = torch.Generator().manual_seed(9)
    velocity = torch.randn(WORLDS, 3, generator=generator)
    velocity[::2] = 0.0
    height = 0.5 + 0.2 * torch.rand(WORLDS, generator=generator)
    moving = (velocity != 0.0).any(1) | (torch.arange(WORLDS) % 4 == 0)
    gait = Gait(velocity, height, torch.rand(WORLDS, generator=generator), moving)
    return Moment(
        before=any_state(1),
        state=any_state(2),
        command=torch.cat((velocity, height[:, None]), 1),
        gait=gait,
        yaw_rate_bias=torch.randn(WORLDS, generator=generator),
        target=torch.randn(3, WORLDS, len(JOINTS), generator=generator),
        period=PERIOD,
        lower=limits[0],
        upper=limits[1],
    )


def mirrored_state(state: HumanoidState) -> HumanoidState:
    joints = Mirror.of(JOINTS)
    return HumanoidState(
        pelvis_height=state.pelvis_height,
        gravity_in_pelvis=state.gravity_in_pelvis * ACROSS,
        angular_velocity_in_pelvis=-state.angular_velocity_in_pelvis * ACROSS,
        velocity_in_heading=state.velocity_in_heading * ACROSS,
        yaw=-state.yaw,
        yaw_rate=-state.yaw_rate,
        joint_position=joints.apply(state.joint_position),
        joint_velocity=joints.apply(state.joint_velocity),
        torque=joints.apply(state.torque),
        foot_position=state.foot_position.flip(1) * ACROSS,
        foot_in_heading=state.foot_in_heading.flip(1) * ACROSS,
        foot_velocity=state.foot_velocity.flip(1) * ACROSS,
        foot_height=state.foot_height.flip(1),
        foot_tilt=state.foot_tilt.flip(1),
        foot_yaw=-state.foot_yaw.flip(1),
        foot_contact=state.foot_contact.flip(1),
        com_over_feet=state.com_over_feet * ACROSS[:2],
    )


def mirrored(moment: Moment) -> Moment:
    gait = moment.gait
    return replace(
        moment,
        before=mirrored_state(moment.before),
        state=mirrored_state(moment.state),
        command=moment.command * pad(TURNED, (0, 1), value=1.0),
        gait=Gait(gait.velocity * TURNED, gait.height, (gait.phase + 0.5) % 1.0, gait.moving),
        yaw_rate_bias=-moment.yaw_rate_bias,
        target=Mirror.of(JOINTS).apply(moment.target),
    )


@pytest.mark.parametrize("name", TERMS)
def test_left_and_right_count_alike(name: str, limits: tuple[Tensor, Tensor]) -> None:
    moment = any_moment(limits)
    value = TERMS[name](moment)
    assert value.shape == (WORLDS,)
    assert name == "alive" or len(value.unique()) > 1
    torch.testing.assert_close(TERMS[name](mirrored(moment)), value)


def test_a_reward_is_the_sum_of_what_weighs_something(limits: tuple[Tensor, Tensor]) -> None:
    none = dict.fromkeys(TERMS, 0.0)
    moment = any_moment(limits)
    parts = Rewards(RewardWeights(**(none | {"alive": 8.0, "yaw_speed": -4.0}))).terms(moment)
    assert list(parts) == ["yaw_speed", "alive"]
    torch.testing.assert_close(parts["alive"], torch.full((WORLDS,), 8.0 * PERIOD))
    torch.testing.assert_close(parts["yaw_speed"], -4.0 * PERIOD * yaw_speed(moment))


def test_turning_too_slowly_counts_as_much_as_too_fast(limits: tuple[Tensor, Tensor]) -> None:
    slow = replace(any_moment(limits), yaw_rate_bias=torch.full((WORLDS,), 0.2))
    fast = replace(slow, yaw_rate_bias=-slow.yaw_rate_bias)
    for moment in (slow, fast):
        torch.testing.assert_close(yaw_bias(moment), torch.full((WORLDS,), 0.2))


def test_the_bias_follows_what_is_missing_within_a_gait_period() -> None:
    environment = WorkerEnvironment(2, num_threads=1)
    observation = environment.reset(episode_seeds(3, 0, 2))
    expected = torch.zeros(2, dtype=torch.float64)
    for _ in range(40):
        told = environment.shaper.gait.velocity[:, 2].double()
        targets = crouch_targets(observation[:, 4])[:, : len(environment.owned)]
        observation = environment.step(pad(targets, (0, 1))).observation
        expected += PERIOD / GAIT_PERIOD * (told - environment.state.yaw_rate.double() - expected)
    torch.testing.assert_close(environment.yaw_rate_bias.double(), expected, rtol=1e-4, atol=1e-6)
    environment.reset(episode_seeds(3, 0, 2)[:1], torch.tensor([0]))
    assert (environment.yaw_rate_bias != 0.0).tolist() == [False, True]
