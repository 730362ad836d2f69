"""The worker's rewards: named terms, each a short function, with weights in the configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.settings import RewardWeights
from envs.humanoid.state import HumanoidState
from envs.robots.g1.constants import JOINTS, LEG_JOINTS, WAIST_JOINTS, kind_of
from envs.robots.g1.crouch import crouch_lean, crouch_posture
from robolearn.devices import constant_on
from robolearn.policies.worker.command import FOOT_LIFT, Gait, is_moving

FEET_APART: Final = (0.18, 0.32)
"""Least and greatest sideways distance between the ankles [m] (TrajBooster, B.6, its lower end reduced)."""

_LEGS: Final = slice(0, len(LEG_JOINTS))
_BODY: Final = slice(0, len(LEG_JOINTS) + len(WAIST_JOINTS))
_WAIST: Final = slice(len(LEG_JOINTS), len(LEG_JOINTS) + len(WAIST_JOINTS))
_SIDEWAYS: Final = torch.tensor(
    [JOINTS.index(name) for name in LEG_JOINTS if "hip_roll" in name or "hip_yaw" in name]
)
_EFFORT: Final = torch.tensor([kind_of(name).motor.effort for name in JOINTS[_BODY]])
_SPEED: Final = torch.tensor([kind_of(name).motor.velocity for name in JOINTS[_BODY]])


@dataclass
class Moment:
    """All that a reward may depend on.

    before, state: a control step ago, and now
    command: (N, 4) under which the step was taken; gait: what it was shaped to
    yaw_rate_bias: (N,) by how much it fell short of the yaw rate told on average, a gait period long [rad/s]
    target: joint targets now, one and two steps ago: (3, N, 29) [rad]
    period: of control [s]
    lower, upper: (29,) joint limits [rad]
    """

    before: HumanoidState
    state: HumanoidState
    command: Tensor
    gait: Gait
    yaw_rate_bias: Tensor
    target: Tensor
    period: float
    lower: Tensor
    upper: Tensor


def planar_velocity(m: Moment) -> Tensor:
    """1 at the velocity told, 1/e at an error of 0.5 m/s."""
    error = (m.gait.velocity[:, :2] - m.state.velocity_in_heading[:, :2]).square().sum(1)
    return (-error / 0.25).exp()


def planar_speed(m: Moment) -> Tensor:
    """Distance from the velocity told [m/s], up to 2: a slope where `planar_velocity` has none left."""
    error = m.gait.velocity[:, :2] - m.state.velocity_in_heading[:, :2]
    return error.norm(dim=1).clamp(max=2.0)


def yaw_rate(m: Moment) -> Tensor:
    """1 at the yaw rate told, 1/e at an error of 0.5 rad/s."""
    return (-(m.gait.velocity[:, 2] - m.state.yaw_rate).square() / 0.25).exp()


def yaw_speed(m: Moment) -> Tensor:
    """Distance from the yaw rate told [rad/s], up to 2: a slope where `yaw_rate` has none left.

    Steps swing the pelvis to and fro by as much as slow turns ask for.
    """
    return (m.gait.velocity[:, 2] - m.state.yaw_rate).abs().clamp(max=2.0)


def yaw_bias(m: Moment) -> Tensor:
    """Distance of a gait period's yaw rate from the one told [rad/s], up to 2.

    Beside the sway of single steps `yaw_speed` hardly tells who always turns a little slowly.
    """
    return m.yaw_rate_bias.abs().clamp(max=2.0)


def height(m: Moment) -> Tensor:
    """1 at the height told, 1/e at an error of 5 cm."""
    return (-(m.gait.height - m.state.pelvis_height).abs() / 0.05).exp()


def alive(m: Moment) -> Tensor:
    """1 in every step that does not end in a fall."""
    return torch.ones_like(m.state.pelvis_height)


def upright(m: Moment) -> Tensor:
    """Squared error of gravity's horizontal part against the lean of the crouch."""
    error = m.state.gravity_in_pelvis[:, :2].clone()
    error[:, 0] -= crouch_lean(m.gait.height).sin()
    return error.square().sum(1)


def angular_velocity(m: Moment) -> Tensor:
    """Squared roll and pitch rates."""
    return m.state.angular_velocity_in_pelvis[:, :2].square().sum(1)


def vertical_velocity(m: Moment) -> Tensor:
    """Squared, where the height told does not change."""
    settled = (m.command[:, 3] - m.gait.height).abs() < 0.02
    return m.state.velocity_in_heading[:, 2].square() * settled


def contact_schedule(m: Moment) -> Tensor:
    """Feet that are where the gait wants them, on the ground or in the air, less those that are not."""
    wanted = 1.0 - 2.0 * (_swing(m.gait) > 0.0).float()
    is_down = 2.0 * m.state.foot_contact.float() - 1.0
    return (wanted * is_down).mean(1)


def unasked_steps(m: Moment) -> Tensor:
    """1 while the gait clock runs though the robot is told to stand: it was about to topple."""
    return (m.gait.moving & ~is_moving(m.gait.velocity) & ~is_moving(m.command)).float()


def swing_height(m: Moment) -> Tensor:
    """Squared error of swinging feet's height against a half sine."""
    swing = _swing(m.gait)
    return ((m.state.foot_height - FOOT_LIFT * swing).square() * (swing > 0.0)).sum(1)


def foot_slip(m: Moment) -> Tensor:
    """Planar speed of feet in contact."""
    return (m.state.foot_velocity[..., :2].norm(dim=2) * m.state.foot_contact).sum(1)


def foot_tilt(m: Moment) -> Tensor:
    """How far soles are from parallel with the floor [m]."""
    return m.state.foot_tilt.sum(1)


def foot_yaw(m: Moment) -> Tensor:
    """Squared angle of the feet against the heading."""
    return m.state.foot_yaw.square().sum(1)


def feet_apart(m: Moment) -> Tensor:
    """Excess of the sideways distance between the feet over its range [m]."""
    distance = m.state.foot_in_heading[:, 0, 1] - m.state.foot_in_heading[:, 1, 1]
    return (FEET_APART[0] - distance).clamp(min=0.0) + (distance - FEET_APART[1]).clamp(min=0.0)


def posture_sideways(m: Moment) -> Tensor:
    """Squared hip roll and yaw angles."""
    return m.state.joint_position[:, _beside(_SIDEWAYS, m)].square().sum(1)


def posture_waist(m: Moment) -> Tensor:
    """Squared waist angles."""
    return m.state.joint_position[:, _WAIST].square().sum(1)


def posture_standing(m: Moment) -> Tensor:
    """Squared deviation of the legs from the crouch, while standing."""
    error = m.state.joint_position[:, _LEGS] - crouch_posture(m.gait.height)[:, _LEGS]
    return error.square().sum(1) * ~m.gait.moving


def balance(m: Moment) -> Tensor:
    """Squared distance of the centre of mass from above the middle of the soles, told to stand [m^2]."""
    return m.state.com_over_feet.square().sum(1) * ~is_moving(m.gait.velocity)


def still_joints(m: Moment) -> Tensor:
    """Squared velocities of legs and waist, while standing at a settled height."""
    settled = (m.command[:, 3] - m.gait.height).abs() < 0.02
    return m.state.joint_velocity[:, _BODY].square().sum(1) * (~m.gait.moving & settled)


def action_rate(m: Moment) -> Tensor:
    """Squared changes of the targets of legs and waist [rad]."""
    return (m.target[0] - m.target[1])[:, _BODY].square().sum(1)


def action_acceleration(m: Moment) -> Tensor:
    """Squared second differences of the targets of legs and waist [rad]."""
    return (m.target[0] - 2.0 * m.target[1] + m.target[2])[:, _BODY].square().sum(1)


def joint_acceleration(m: Moment) -> Tensor:
    """Squared accelerations of legs and waist [rad/s^2]."""
    change = (m.state.joint_velocity - m.before.joint_velocity)[:, _BODY]
    return (change / m.period).square().sum(1)


def effort(m: Moment) -> Tensor:
    """Squared torques of legs and waist as shares of their limits."""
    return (m.state.torque[:, _BODY] / _beside(_EFFORT, m)).square().sum(1)


def speed_limit(m: Moment) -> Tensor:
    """Excess of joint speeds over eight tenths of their limits, as shares of them."""
    return (m.state.joint_velocity[:, _BODY].abs() / _beside(_SPEED, m) - 0.8).clamp(min=0.0).sum(1)


def effort_limit(m: Moment) -> Tensor:
    """Excess of torques over nine tenths of their limits, as shares of them."""
    return (m.state.torque[:, _BODY].abs() / _beside(_EFFORT, m) - 0.9).clamp(min=0.0).sum(1)


def position_limit(m: Moment) -> Tensor:
    """How far joints are beyond 0.05 rad inside their limits."""
    position = m.state.joint_position
    lower = (m.lower + 0.05 - position)[:, _BODY].clamp(min=0.0)
    upper = (position - m.upper + 0.05)[:, _BODY].clamp(min=0.0)
    return (lower + upper).sum(1)


def _beside(constant: Tensor, m: Moment) -> Tensor:
    return constant_on(constant, m.state.torque.device)


def _swing(gait: Gait) -> Tensor:
    """(N, 2) how high each foot should be, from 0 to 1; not positive on the ground."""
    sine = (2.0 * torch.pi * gait.phase).sin()
    return torch.stack((sine, -sine), 1) * gait.moving[:, None]


Term = Callable[[Moment], Tensor]

TERMS: Final[Mapping[str, Term]] = {field.name: globals()[field.name] for field in fields(RewardWeights)}
"""By the name of their weights."""


class Rewards:
    """The weighted sum of the terms whose weight is not zero."""

    def __init__(self, weights: RewardWeights) -> None:
        given = ((field.name, float(getattr(weights, field.name))) for field in fields(weights))
        self.weights = {name: weight for name, weight in given if weight != 0.0}

    def terms(self, moment: Moment) -> dict[str, Tensor]:
        """Each term's part in the reward of one control step, (N,). Raises ValueError for a wrong shape."""
        shape = moment.state.pelvis_height.shape
        parts = {}
        for name, weight in self.weights.items():
            value = TERMS[name](moment)
            if value.shape != shape:
                raise ValueError(f"reward '{name}' returned {tuple(value.shape)}, expected {tuple(shape)}")
            parts[name] = weight * moment.period * value
        return parts
