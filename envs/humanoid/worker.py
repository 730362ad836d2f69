"""The worker's task: squat, stand, walk and turn as commanded while somebody else moves the arms."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.arm_motion import ArmMotion
from envs.humanoid.commands import STANDING_HEIGHT, draw_commands
from envs.humanoid.figures import WorkerFigures
from envs.humanoid.joint_places import JointPlaces
from envs.humanoid.noise import StepNoise
from envs.humanoid.privileged import privileged
from envs.humanoid.pushes import SUPPORT_DAMPING, Disturbances, support_torque
from envs.humanoid.randomisation import NOTHING, Parameters, Randomisation
from envs.humanoid.rewards import Moment, Rewards
from envs.humanoid.scene import SUBSTEPS, g1_scene
from envs.humanoid.sensing import OBSERVATION, SensorNoise, measured
from envs.humanoid.settings import CommandRanges, Pushes, RewardWeights
from envs.humanoid.specification import OWNED, PHASES, worker_spec
from envs.humanoid.state import HumanoidState, StateReader
from envs.humanoid.streams import Stream
from envs.physics import MakePhysics, Physics
from envs.robots.g1.constants import JOINTS, PELVIS, default_angle
from envs.robots.g1.crouch import crouch_lean, crouch_posture, crouch_targets
from envs.simulation import Simulation
from robolearn.counter_random import uniform
from robolearn.environment import BatchedEnvironment, Transition
from robolearn.errors import unknown_name
from robolearn.policies.worker.command import GAIT_PERIOD, CommandShaper
from robolearn.policies.worker.observation import observation
from robolearn.rotations import rotate

EPISODE_STEPS: Final = 1000
"""20 s (TrajBooster, B.7)."""

FALLEN_HEIGHT: Final = 0.20
"""Of the pelvis [m]. Tour."""

FALLEN_TILT: Final = 0.5
"""Cosine of the pelvis's tilt: 60 degrees, of which the deepest crouches lean 43."""


@dataclass
class Difficulty:
    """How much of what makes the task hard is there, each (N,) in 0 to 1, fixed for an episode.

    speed: share of the commanded velocities' ranges
    low: how much more often and lower than `CommandRanges` says robots squat; 0 in the task itself
    arms: factor on the arms' motions
    pushes: factor on pushes and punches
    robots: how far robots differ from the nominal one
    assistance: share of a support that holds the pelvis upright; 0 in the task itself
    """

    speed: Tensor
    low: Tensor
    arms: Tensor
    pushes: Tensor
    robots: Tensor
    assistance: Tensor


class WorkerEnvironment(BatchedEnvironment):
    """N worlds of a G1 on a floor.

    Actions are targets of the owned joints [rad], and the request to step. Success is to stand at the end;
    `phase` tells falls. Episodes end on falls, after 20 s, and where the physics diverges.

    difficulty: of the episodes that begin from now on
    """

    def __init__(
        self,
        num_envs: int,
        *,
        randomness: str = "full",
        disturbance: bool = False,
        num_threads: int = 0,
        owned: str = "legs_and_waist",
        weights: RewardWeights | None = None,
        ranges: CommandRanges | None = None,
        pushes: Pushes | None = None,
        physics: MakePhysics | None = None,
        fault_directory: Path = Path("outputs/faults"),
    ) -> None:
        """randomness: none (the nominal robot, no noise) or full; disturbance: pushes.

        physics: that simulates the worlds; None for MuJoCo on `num_threads` threads
        """
        if randomness not in _RANDOMNESS:
            raise unknown_name("randomness", randomness, _RANDOMNESS)
        self.num_envs = num_envs
        model = g1_scene().compile()
        if physics is None:
            self.simulation: Physics = Simulation(model, num_envs, num_threads, SUBSTEPS)
        else:
            self.simulation = physics(model, num_envs, SUBSTEPS)
        self.device = self.simulation.device
        self.owned = OWNED[owned]
        self.spec = worker_spec(owned, EPISODE_STEPS)
        self.ranges = CommandRanges() if ranges is None else ranges
        self.rewards = Rewards(RewardWeights() if weights is None else weights)
        self._disturbed = disturbance
        self.parameters = Parameters(self.simulation, _RANDOMNESS[randomness])
        self._noise_width = (SensorNoise().half_widths() * (randomness != "none")).to(self.device)
        self._noise = StepNoise(len(self._noise_width), Stream.SENSOR_NOISE, self.device)
        self.pushes = Pushes() if pushes is None else pushes
        self._disturbances = Disturbances(model, self.pushes, self.device)
        self._reader = StateReader(self.simulation)
        self._fault_directory = fault_directory
        self._figures: WorkerFigures | None = None
        self._bind()
        self._allocate()

    def _bind(self) -> None:
        model, view = self.simulation.model, self.simulation.view
        self._qpos, self._qvel, self._ctrl = view("qpos"), view("qvel"), view("ctrl")
        self._joint_torque, self._link_force = view("qfrc_applied"), view("xfrc_applied")
        self._pelvis = int(model.body(PELVIS).id)
        self._damping = self.simulation.expand("dof_damping")
        self._places = JointPlaces.of(model, self.device)
        self._lower, self._upper = self._places.lower, self._places.upper
        own = [JOINTS.index(name) for name in self.owned]
        self._own = torch.tensor(own, device=self.device)
        self._others = torch.tensor([i for i in range(len(JOINTS)) if i not in own], device=self.device)
        self._every = torch.arange(self.num_envs, device=self.device)

    def _allocate(self) -> None:
        count, others, device = self.num_envs, self._others, self.device
        rest = torch.tensor([default_angle(JOINTS[i]) for i in others.tolist()], device=device)
        self.arms = ArmMotion(count, rest, self._lower[others], self._upper[others])
        self.shaper = CommandShaper(count, self.simulation.control_period, device)
        self.command = torch.zeros(count, 4, device=device)
        self._request = torch.zeros(count, device=device)
        self.yaw_rate_bias = torch.zeros(count, device=device)
        self._held_command: Tensor | None = None
        self.target = torch.zeros(3, count, len(JOINTS), device=device)
        self.seeds = torch.zeros(count, dtype=torch.int64, device=device)
        self.step_count = torch.zeros(count, dtype=torch.int64, device=device)
        self.done = torch.ones(count, dtype=torch.bool, device=device)
        self.phase = torch.zeros(count, dtype=torch.int64, device=device)
        self._command_steps = round(self.ranges.every_seconds / self.simulation.control_period)
        ones = torch.ones(count, device=device)
        self.difficulty = Difficulty(
            speed=ones.clone(),
            low=torch.zeros(count, device=device),
            arms=ones.clone(),
            pushes=ones.clone(),
            robots=ones.clone(),
            assistance=torch.zeros(count, device=device),
        )
        self.last_observation = torch.zeros(count, OBSERVATION.size, device=device)
        self.simulation.forward(self._every)
        self.state = self._reader.read(self._reader.feet())

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> Tensor:
        """Begin upright and at rest, joints a little off (TrajBooster, B.7)."""
        worlds = self._every if env_ids is None else env_ids
        self.seeds[worlds], self.step_count[worlds], self.done[worlds] = episode_seeds, 0, False
        self.phase[worlds] = 0
        self.yaw_rate_bias[worlds] = 0.0
        self.make_robots(worlds)
        if self._figures is not None:
            self._figures.reset(worlds)
        self.arms.reset(worlds)
        self._command(worlds)
        self._place(worlds)
        self.simulation.forward(worlds)
        self.state.put(worlds, self._reader.read(self._reader.feet(worlds), worlds))
        self.last_observation[worlds] = self._observed(worlds)
        return self.last_observation.clone()

    def make_robots(self, worlds: Tensor) -> None:
        """Give the named worlds, (K,) int64, the model's parameters of their episodes."""
        self._damping[worlds, 3:5] = SUPPORT_DAMPING * self.difficulty.assistance[worlds, None].to(
            self._damping
        )
        self.parameters.draw(self.seeds[worlds], worlds, self.difficulty.robots[worlds])

    def _command(self, worlds: Tensor) -> None:
        """Draw the named worlds' first commands."""
        drawn = self._drawn_commands(worlds)
        self.command[worlds] = drawn
        self.shaper.reset(worlds, torch.full_like(drawn[:, 3], STANDING_HEIGHT))

    def set_command(self, command: Tensor) -> None:
        """From now on command (N, 4), entries as `COMMAND`, instead of what the episodes' seeds draw."""
        self.command[:] = command
        self._held_command = self.command.clone()

    def _drawn_commands(self, worlds: Tensor) -> Tensor:
        """The named worlds' present commands, (K, 4)."""
        if self._held_command is not None:
            return self._held_command[worlds]
        count = self.step_count[worlds] // self._command_steps
        speed, low = self.difficulty.speed[worlds], self.difficulty.low[worlds]
        return draw_commands(self.seeds[worlds], Stream.COMMAND, count, self.ranges, speed, low)

    def _place(self, worlds: Tensor) -> None:
        ranges, seeds = self.parameters.randomisation, self.seeds[worlds]
        height = torch.full((len(worlds),), STANDING_HEIGHT, device=self.device)
        shares = 2.0 * uniform(seeds, Stream.START, 0, 1 + len(JOINTS)) - 1.0
        posture = crouch_posture(height)
        posture[:, self._others] = self.arms.start[worlds]
        target = crouch_targets(height)
        target[:, self._others] = self.arms.start[worlds]
        self.target[:, worlds] = target
        angles = posture + ranges.start_position * shares[:, 1:]
        self.simulation.reset(worlds)
        angles = angles.clamp(self._lower, self._upper)
        self._qpos[worlds[:, None], self._places.positions] = angles.to(self._qpos)
        yaw, pitch = ranges.start_yaw * shares[:, 0], crouch_lean(height)
        self._qpos[worlds, 2] = (height + ranges.start_height).to(self._qpos)
        self._qpos[worlds, 3:7] = _turned(yaw, pitch).to(self._qpos)
        self._ctrl[worlds[:, None], self._places.motors] = target.to(self._ctrl)

    def step(self, action: Tensor) -> Transition:
        """Run one control period with targets of the owned joints [rad] and the request to step, (N, A)."""
        running = ~self.done
        self._request = action[:, -1].float()
        self._set_targets(action[:, :-1], running)
        self._disturb(running)
        worlds = running.nonzero().squeeze(1)
        feet = self._reader.feet()
        self.simulation.remember()
        self.simulation.step(worlds, SUBSTEPS)
        before = self.state
        if len(worlds) == self.num_envs:
            self.state = self._reader.read(feet)
        else:
            self.state = before.copy()
            self.state.put(worlds, self._reader.read(feet[worlds], worlds))
        self.step_count += running
        self._follow_yaw_rate()
        return self._finish(running, before)

    def _set_targets(self, action: Tensor, running: Tensor) -> None:
        target = self.target[0].clone()
        target[:, self._own] = action.float()
        target[:, self._others] = self.arms.targets(self.seeds, self.step_count, self.difficulty.arms)
        target = torch.where(running[:, None], target.clamp(self._lower, self._upper), self.target[0])
        self.target = torch.stack((target, self.target[0], self.target[1]))
        self._ctrl[:, self._places.motors] = target.to(self._ctrl)

    def _disturb(self, running: Tensor) -> None:
        torques = self.parameters.torques(self.seeds, self.step_count)
        self._joint_torque[:, self._places.velocities] = torques.to(self._joint_torque)
        self._link_force.zero_()
        if bool((self.difficulty.assistance > 0.0).any()):
            support = support_torque(self.state, crouch_lean(self.shaper.gait.height))
            support = rotate(self._qpos[:, 3:7].float(), support * self.difficulty.assistance[:, None])
            self._link_force[:, self._pelvis, 3:] = support.to(self._link_force)
        if self._disturbed:
            size = self.difficulty.pushes * running
            change = self._disturbances.velocity_change(self.seeds, self.step_count, size)
            self._qvel[:, :2] += change.to(self._qvel)
            link, force = self._disturbances.punch(self.seeds, self.step_count, size)
            self._link_force[self._every, link, :3] = force.to(self._link_force)

    def _follow_yaw_rate(self) -> None:
        missing = self.shaper.gait.velocity[:, 2] - self.state.yaw_rate
        share = self.simulation.control_period / GAIT_PERIOD
        self.yaw_rate_bias = torch.lerp(self.yaw_rate_bias, missing, share)

    def _finish(self, running: Tensor, before: HumanoidState) -> Transition:
        fault = running & self.simulation.fault
        fallen = running & self._fallen() & ~fault
        terms = self.rewards.terms(self._moment(before))
        reward = torch.stack(list(terms.values())).sum(0) * (running & ~fault & ~fallen)
        truncated = running & (self.step_count >= EPISODE_STEPS) & ~fallen & ~fault
        self.done = self.done | fault | fallen | truncated
        self.phase[fault | fallen] = PHASES.index("fallen")
        for world in fault.nonzero().flatten().tolist():
            self.simulation.dump_fault(world, self._fault_directory, f"g1_{int(self.seeds[world])}")
        if self._figures is not None:
            self._figures.add(self._moment(before), self._qpos[:, :2].float(), running & ~fault)
        self._next_command(running)
        seen = (running & ~fault).nonzero().squeeze(1)
        self.last_observation[seen] = self._observed(seen)
        return Transition(
            observation=self.last_observation.clone(),
            reward=reward.nan_to_num(),
            terminated=self.done & ~truncated,
            truncated=truncated,
            success=truncated,
            phase=self.phase.clone(),
            fault=fault,
        )

    def _fallen(self) -> Tensor:
        tilted = -self.state.gravity_in_pelvis[:, 2] < FALLEN_TILT
        return tilted | (self.state.pelvis_height < FALLEN_HEIGHT)

    def _moment(self, before: HumanoidState) -> Moment:
        return Moment(
            before=before,
            state=self.state,
            command=self.command,
            gait=self.shaper.gait,
            yaw_rate_bias=self.yaw_rate_bias,
            target=self.target,
            period=self.simulation.control_period,
            lower=self._lower,
            upper=self._upper,
        )

    def _next_command(self, running: Tensor) -> None:
        due = (running & (self.step_count % self._command_steps == 0)).nonzero().squeeze(1)
        if len(due):
            self.command[due] = self._drawn_commands(due)
        self.shaper.step(self.command, self._request)

    def _observed(self, worlds: Tensor) -> Tensor:
        """The named worlds' observations, (K, 71)."""
        noise = self._noise.at(self.seeds[worlds], self.step_count[worlds])
        seen = self._noise_width * noise + measured(self.state, worlds)
        return observation(self.command[worlds], self.shaper.gait.of(worlds), seen)

    def record_figures(self) -> None:
        """See BatchedEnvironment."""
        self._figures = WorkerFigures(self.num_envs)

    def figures(self) -> Mapping[str, Tensor]:
        """See BatchedEnvironment; names in `envs.humanoid.figures`."""
        return {} if self._figures is None else self._figures.values()

    def privileged(self, worlds: Tensor | slice = slice(None)) -> Tensor:
        """The observations of K worlds without noise and what no sensor measures, (K, 71 + 17)."""
        clean = observation(self.command[worlds], self.shaper.gait.of(worlds), measured(self.state, worlds))
        extra = privileged(self.state, self.yaw_rate_bias, self.parameters.summary, worlds)
        return torch.cat((clean, extra), 1)

    def close(self) -> None:
        """Nothing to release: the batch's threads end with it."""


def _turned(yaw: Tensor, pitch: Tensor) -> Tensor:
    """Quaternions (K, 4) of a pitch (K,), then a yaw (K,) [rad]."""
    cy, sy, cp, sp = (yaw / 2).cos(), (yaw / 2).sin(), (pitch / 2).cos(), (pitch / 2).sin()
    return torch.stack((cy * cp, -sy * sp, cy * sp, sy * cp), 1)


_RANDOMNESS: Final = {"none": NOTHING, "full": Randomisation()}
