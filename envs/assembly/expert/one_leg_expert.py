"""A finite-state expert for one_leg, all worlds at once, after FurnitureBench's scripted one."""

import math

import numpy as np
import torch
from torch import Tensor

from envs.assembly.expert import targets
from envs.assembly.expert.perturbation import sample_shoves, shoved
from envs.assembly.expert.snapshot import Pose, Snapshot
from envs.assembly.expert.stages import FOLLOWING, RULES, Stage
from envs.assembly.one_leg import MAX_EPISODE_STEPS, OneLegEnvironment
from robolearn.environment import Expert
from robolearn.rotations import (
    axis_angle_from_quaternion,
    matrix_from_quaternion,
    product,
    quaternion_from_axis_angle,
    quaternion_from_matrix,
    sixd_from_matrix,
)

_POSITION_NOISE = 3e-3
_ROTATION_NOISE = math.radians(3)
"""Standard deviations of the noise on a stage's target, per axis. The published expert's."""

_LONGEST_TURN = 0.5
"""Of the commanded rotation ahead of the hand [rad]: about 2 rad/s."""

_LOST_DISTANCE = 0.05
"""Distance of the hand from the point of the leg that it should hold, at which it has lost the leg [m]."""

_STANDING_COSINE = 0.9
_STANDING_HEIGHT = 0.016
"""A leg stands in its hole while it is this upright and at most this high over its seat [m]."""


class OneLegExpert(Expert):
    """Pushes the top into the obstacle's corner, stands the leg in a hole and screws it in by strokes.

    A leg that was dropped or knocked over is picked up again.
    """

    def __init__(self, environment: OneLegEnvironment) -> None:
        self._environment = environment
        count = environment.num_envs
        self.stage = torch.zeros(count, dtype=torch.int64)
        self._timer = torch.zeros(count, dtype=torch.int64)
        self._face = torch.zeros(count, dtype=torch.int64)
        self._noise = torch.zeros(count, len(Stage), 6, dtype=torch.float64)
        self._step = torch.zeros(count, dtype=torch.int64)
        self._shoves = torch.zeros(count, MAX_EPISODE_STEPS, 6)
        self._target = Pose(
            torch.zeros(count, 3, dtype=torch.float64), torch.eye(3, dtype=torch.float64).repeat(count, 1, 1)
        )
        rules = [RULES[stage] for stage in Stage]
        self._following = torch.tensor([int(FOLLOWING[stage]) for stage in Stage])
        self._closed = torch.tensor([rule.closed for rule in rules])
        self._position_tolerance = torch.tensor([rule.position_tolerance for rule in rules])
        self._rotation_tolerance = torch.tensor([rule.rotation_tolerance for rule in rules])
        self._events = [(int(stage), rule.arrived) for stage, rule in RULES.items() if rule.arrived]
        self._longest_move = torch.tensor([rule.longest_move for rule in rules], dtype=torch.float64)
        self._timeout = torch.tensor([rule.timeout for rule in rules])

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """See Expert.reset."""
        worlds = torch.arange(len(self.stage)) if env_ids is None else env_ids
        self.stage[worlds] = int(Stage.TOP_ABOVE)
        self._timer[worlds] = 0
        self._step[worlds] = 0
        noisy = np.array([RULES[stage].noisy for stage in Stage], dtype=float)[:, None]
        scale = noisy * np.array([_POSITION_NOISE] * 3 + [_ROTATION_NOISE] * 3)
        for world, seed in zip(worlds.tolist(), episode_seeds.tolist(), strict=True):
            generator = np.random.Generator(np.random.Philox(seed).jumped())
            self._noise[world] = torch.from_numpy(scale * generator.standard_normal((len(Stage), 6)))
            self._shoves[world] = sample_shoves(MAX_EPISODE_STEPS, generator)

    def act(self, observation: Tensor) -> Tensor:
        """See Expert.act. The full state is read from the environment, not from `observation`."""
        self._step = (self._step + 1).clamp(max=MAX_EPISODE_STEPS - 1)
        scene = Snapshot.of(self._environment, self._face)
        self._advance(scene)
        self._start_over(scene)
        self._aim(scene)
        command = _ahead(scene.hand, self._target, self._longest_move[self.stage])
        gripper = torch.where(self._closed[self.stage], 1.0, -1.0).to(torch.float64)
        action = (command.position, sixd_from_matrix(command.matrix), gripper[:, None])
        return torch.cat(action, -1).to(torch.float32)

    def perturbed(self, action: Tensor) -> Tensor:
        """See Expert.perturbed: the hand is shoved now and then."""
        return shoved(action, self._shoves[torch.arange(len(action)), self._step])

    def _advance(self, scene: Snapshot) -> None:
        """Go on to the next stage where the last target is reached or time is over."""
        distance = (scene.hand.position - self._target.position).norm(dim=-1)
        angle = _rotation_vector(scene.hand.matrix, self._target.matrix).norm(dim=-1)
        near = distance < self._position_tolerance[self.stage]
        aligned = angle < self._rotation_tolerance[self.stage]
        late = self._timer >= self._timeout[self.stage]
        ends = (self._timer > 0) & (near & aligned | self._arrived(scene) | late)
        self.stage = torch.where(ends, self._following[self.stage], self.stage)
        self._timer = torch.where(ends, 0, self._timer) + 1

    def _arrived(self, scene: Snapshot) -> Tensor:
        """(N,) bool, what the world's stage is for has happened."""
        arrived = torch.zeros_like(self._closed[self.stage])
        for stage, happened in self._events:
            rows = (self.stage == stage).nonzero().squeeze(-1)
            if len(rows):
                arrived[rows] = happened(scene[rows])
        return arrived

    def _start_over(self, scene: Snapshot) -> None:
        """Pick the leg up again where it was dropped or does not stand; choose the face while approaching."""
        held = (self.stage >= Stage.LEG_LIFT) & (self.stage <= Stage.LEG_INSERT)
        lost = held & ((scene.hand.position - scene.leg.position).norm(dim=-1) > _LOST_DISTANCE)
        upright = (scene.leg.matrix[..., 1] * scene.top.matrix[..., 1]).sum(-1) > _STANDING_COSINE
        standing = upright & (targets.height_over_seat(scene) < _STANDING_HEIGHT)
        fallen = (self.stage >= Stage.SCREW_ABOVE) & ~standing
        again = lost | fallen
        self.stage = torch.where(again, int(Stage.TOP_RISE), self.stage)
        self._timer = torch.where(again, 1, self._timer)
        choosing = self.stage <= Stage.LEG_DOWN
        self._face = torch.where(choosing, targets.upmost_face(scene.leg), self._face)
        scene.face[:] = self._face

    def _aim(self, scene: Snapshot) -> None:
        """Compute every world's target, stage by stage."""
        for stage in self.stage.unique().tolist():
            target = RULES[Stage(stage)].target
            if target is None:
                continue
            rows = (self.stage == stage).nonzero().squeeze(-1)
            pose = target(scene[rows])
            noise = self._noise[rows, stage]
            turn = matrix_from_quaternion(quaternion_from_axis_angle(noise[:, 3:]))
            self._target.position[rows] = pose.position + noise[:, :3]
            self._target.matrix[rows] = product(turn, pose.matrix)


def _rotation_vector(start: Tensor, goal: Tensor) -> Tensor:
    """Rotation vectors (N, 3) [rad], in the robot frame, that take `start` to `goal`, (N, 3, 3) each."""
    return axis_angle_from_quaternion(quaternion_from_matrix(product(goal, start.transpose(-1, -2))))


def _ahead(hand: Pose, target: Pose, longest_move: Tensor) -> Pose:
    """A pose on the way from the hand to the target, at most `longest_move` (N,) and one longest turn ahead.

    Moving and turning keep pace: a leg that stands up before it is over the hole would fold the wrist.
    """
    move = target.position - hand.position
    turn = _rotation_vector(hand.matrix, target.matrix)
    longest = torch.maximum(move.norm(dim=-1) / longest_move, turn.norm(dim=-1) / _LONGEST_TURN)
    share = 1 / longest.clamp(min=1.0)[:, None]
    rotation = matrix_from_quaternion(quaternion_from_axis_angle(share * turn))
    return Pose(hand.position + share * move, product(rotation, hand.matrix))
