"""The worker as a policy: frames of observations in, joint targets out."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from robolearn.interpolation import interpolate
from robolearn.policies.policy import Policy
from robolearn.policies.worker.action import owned_joints
from robolearn.policies.worker.balancing import CapturePoint, balancing_angles, leg_lengthening, run_ahead
from robolearn.policies.worker.command import FOOT_LIFT
from robolearn.policies.worker.estimating import EstimatingActor
from robolearn.policies.worker.legs import LegJoints
from robolearn.policies.worker.memory import FrameMemory
from robolearn.policies.worker.mirror import Mirror
from robolearn.policies.worker.scaling import observation_mean, observation_scale
from robolearn.policies.worker.stepping import step_request
from robolearn.policies.worker.turning import leg_turns
from robolearn.policies.worker.waist_limit import WaistLimit, least_height
from robolearn.specification import TaskSpec


@dataclass
class WorkerConfig:
    """What a worker is built from, besides its weights and its task's specification.

    hidden, estimator_hidden, lags, estimator_lags: see `WorkerNetworks`
    estimated: names of what the actor estimates; from them follows what the mirror does
    action_scale: joint angles that actions of 1 stand for [rad]
    heights: (K,) pelvis heights of the standing postures [m]
    """

    hidden: list[int]
    estimator_hidden: list[int]
    estimated: list[str]
    lags: list[int]
    estimator_lags: list[int]
    action_scale: list[float]
    heights: list[float]

    @property
    def stacked_lags(self) -> list[int]:
        """Control steps back of the stacked frames, in their order."""
        return [*self.lags, *self.estimator_lags]


class Decision(NamedTuple):
    """What N workers do.

    action: (N, A + 1) of the task
    effort: (N, A) of the motors beyond the posture that is told, in `action_scale`: the actor's and the
        balance's. Remembered, it tells the network the torques, and they where the weight is
    """

    action: Tensor
    effort: Tensor


class WorkerPolicy(Policy):
    """Joint targets hold the posture of the height told, plus `action_scale` times the network's output.

    While the gait clock runs, each leg in its turn takes the posture of a pelvis that is lower by the foot's
    lift, and legs turn to and fro as the yaw rate asks for (`turning`). While it does not, legs balance the
    robot by what the network estimates (`balancing`), which also tells when it must step (`stepping`).

    A robot that bears more than its waist holds in a low squat is told a greater height (`waist_limit`).

    A frame is the observation, joint positions less the reference posture, all scaled to about one, and the
    effort before it.

    clock_places: entries of an observation that hold the gait clock
    postures: (K, 29) joint angles at `config.heights`, in the observation's order [rad]
    standing_targets: (K, 29) servo targets that hold them [rad]
    """

    observation_mean: Tensor
    observation_scale: Tensor
    postures: Tensor
    standing_targets: Tensor
    heights: Tensor
    action_scale: Tensor

    def __init__(self, config: WorkerConfig, spec: TaskSpec) -> None:
        super().__init__()
        self.config, self.spec = config, spec
        self.register_buffer("observation_mean", observation_mean(spec.observation.names))
        self.register_buffer("observation_scale", observation_scale(spec.observation.names))
        self.register_buffer("action_scale", torch.tensor(config.action_scale), persistent=False)
        self.register_buffer("heights", torch.tensor(config.heights), persistent=False)
        names = spec.observation.names
        owned = owned_joints(spec.action)
        self.output_mirror = Mirror.of(owned)
        self.frame_mirror = Mirror.of(names).joined(self.output_mirror)
        self._height = names.index("gait.height")
        self.clock_places = [names.index("gait.sine"), names.index("gait.cosine")]
        self._velocity = [names.index(f"command.velocity_{axis}") for axis in "xy"]
        self._yaw_rate = names.index("command.yaw_rate")
        self._gravity = [names.index(f"gravity_in_pelvis.{axis}") for axis in "xy"]
        positions = [place for place, name in enumerate(names) if name.endswith("_joint.position")]
        self._positions = slice(positions[0], positions[-1] + 1)
        joints = [names[place].removesuffix(".position") for place in positions]
        self._own = [joints.index(name) for name in owned]
        self._pitches = [joints.index(f"left_{name}_joint") for name in ("hip_pitch", "knee", "ankle_pitch")]
        self._side = [_side(name) for name in owned]
        self.legs = LegJoints(owned)
        self._capture_point = CapturePoint(config.estimated)
        self.waist_limit = WaistLimit(config.estimated, 1.0 / spec.control_rate_hz)
        table = torch.zeros(len(config.heights), len(joints))
        self.register_buffer("postures", table)
        self.register_buffer("standing_targets", table.clone())
        self.network = EstimatingActor(
            self.frame_mirror,
            Mirror.of(config.estimated),
            self.output_mirror,
            seen=len(config.lags),
            seen_besides=len(config.estimator_lags),
            hidden=config.hidden,
            estimator_hidden=config.estimator_hidden,
        )
        self._memory: FrameMemory | None = None

    @property
    def frame_size(self) -> int:
        """Entries F of a frame."""
        return self.spec.observation.size + self.output_size

    @property
    def output_size(self) -> int:
        """Entries A of the actor's output, one for each joint that the worker owns."""
        return len(self._own)

    def set_postures(self, postures: Tensor, targets: Tensor) -> None:
        """Take over the tables `postures` and `standing_targets`, (K, 29) [rad]."""
        self.postures.copy_(postures)
        self.standing_targets.copy_(targets)

    def frame(self, observation: Tensor, last_effort: Tensor) -> Tensor:
        """Frames (N, F) of raw observations (N, O) and the efforts before them (N, A)."""
        centred = observation - self.observation_mean
        reference = interpolate(self.heights, self.postures, observation[:, self._height])
        centred[:, self._positions] -= reference
        return torch.cat((centred * self.observation_scale, last_effort), 1)

    def told(self, observation: Tensor, strain: Tensor) -> Tensor:
        """Observations (N, O) whose heights are those that robots under strains (N,) squat down to."""
        told = observation.clone()
        told[:, self._height] = observation[:, self._height].maximum(least_height(strain))
        return told

    def decide(self, observation: Tensor, estimate: Tensor, output: Tensor) -> Decision:
        """What to do at raw observations (N, O).

        estimate: (N, E) of the estimator; output: (N, A) of the actor
        """
        height, clock = observation[:, self._height], observation[:, self.clock_places]
        lean, thigh_pitch = interpolate(self.heights, self._inclinations, height).unbind(1)
        turns = leg_turns(observation[:, self._yaw_rate], clock)
        turning = self.legs.turned(torch.zeros_like(turns), turns, thigh_pitch)
        tilt = observation[:, self._gravity] - torch.nn.functional.pad(lean.sin()[:, None], (0, 1))
        capture_point = self._capture_point.of(estimate, height)
        stands = clock.square().sum(1) == 0.0
        posture = self._standing(height, foot_lifts(clock[:, 0]))
        balancing = balancing_angles(self.legs, capture_point, height, tilt, thigh_pitch)
        lengthening = leg_lengthening(capture_point, height)
        balancing = balancing + self._standing(height, -lengthening) - posture
        effort = output + stands[:, None] * balancing / self.action_scale
        targets = posture + turning + self.action_scale * effort
        beside = capture_point - run_ahead(observation[:, self._velocity], height)
        request = step_request(beside, height, tilt, stands)
        return Decision(torch.cat((targets, request[:, None]), 1), effort)

    def _standing(self, height: Tensor, lifts: Tensor) -> Tensor:
        """Targets (N, A) [rad] that hold pelvises at heights (N,) on legs shorter by lifts (N, 2) [m]."""
        lifts = torch.nn.functional.pad(lifts, (1, 0))
        return interpolate(self.heights, self.standing_targets, height[:, None] - lifts)[
            :, self._side, self._own
        ]

    @property
    def leans(self) -> Tensor:
        """Pitch of the pelvis at `config.heights` (K,) [rad]: what a leg's pitches, soles flat, add up to."""
        return -self.postures[:, self._pitches].sum(1)

    @property
    def _inclinations(self) -> Tensor:
        """Pitch of the pelvis and of the thighs at `config.heights`, (K, 2) [rad]."""
        return torch.stack((self.leans, -self.postures[:, self._pitches[1:]].sum(1)), 1)

    def forward(self, frames: Tensor) -> Tensor:
        """Actions (N, A) of stacked frames (N, L x F)."""
        return self.network(frames)

    def reset(self, env_ids: Tensor | None = None, num_envs: int | None = None) -> None:
        """Forget the frames and last efforts of the named worlds, or of all."""
        if num_envs is not None and (self._memory is None or num_envs != len(self._last_effort)):
            self._memory = FrameMemory(num_envs, self.frame_size, self.config.stacked_lags)
            self._last_effort = torch.zeros(num_envs, self.output_size)
            self._strain = torch.zeros(num_envs)
        assert self._memory is not None, "the first reset says num_envs"
        worlds = torch.arange(len(self._last_effort)) if env_ids is None else env_ids
        self._memory.forget(worlds)
        # A copy: what inference mode made must not be changed outside it.
        self._last_effort = self._last_effort.index_fill(0, worlds, 0.0)
        self._strain = self._strain.index_fill(0, worlds, 0.0)

    @torch.no_grad()
    def act(self, observation: Tensor) -> Tensor:
        """The task's action (N, A + 1) for raw observations (N, O)."""
        assert self._memory is not None, "reset comes first"
        observation = self.told(observation, self._strain)
        frames = self._memory.push(self.frame(observation, self._last_effort))
        parts = self.network.split(frames)
        estimate = self.network.estimate(parts)
        decision = self.decide(observation, estimate, self.network.act(parts, estimate))
        self._last_effort = decision.effort
        self._strain = self.waist_limit.following(self._strain, estimate)
        return decision.action


def foot_lifts(sine: Tensor) -> Tensor:
    """How high the left and the right foot are lifted, (N, 2) [m], at sines (N,) of the gait's phase."""
    return FOOT_LIFT * torch.stack((sine.clamp(min=0.0), (-sine).clamp(min=0.0)), 1)


def _side(joint: str) -> int:
    """0 for the trunk, 1 for the left leg, 2 for the right one."""
    return 1 if joint.startswith("left_") else 2 if joint.startswith("right_") else 0
