"""The worker's task: squat, stand, walk and turn as commanded while somebody else moves the arms."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.arm_motion import ArmMotion
from envs.humanoid.commands import RESAMPLE_SECONDS, draw_commands
from envs.humanoid.privileged import privileged
from envs.humanoid.pushes import Disturbances
from envs.humanoid.randomisation import NOTHING, Parameters, Randomisation
from envs.humanoid.rewards import Moment, Rewards
from envs.humanoid.scene import SUBSTEPS, g1_scene
from envs.humanoid.sensing import OBSERVATION, SensorNoise, measured, observation
from envs.humanoid.settings import CommandRanges, Pushes, RewardWeights
from envs.humanoid.state import HumanoidState, StateReader
from envs.humanoid.streams import Stream
from envs.robots.g1.constants import ARM_JOINTS, JOINTS, LEG_JOINTS, WAIST_JOINTS, default_angle
from envs.robots.g1.crouch import crouch_pitch, crouch_posture
from envs.simulation import Simulation
from robolearn.counter_random import uniform
from robolearn.environment import BatchedEnvironment, Transition
from robolearn.errors import unknown_name
from robolearn.policies.worker.command import CommandShaper
from robolearn.specification import TaskSpec, VectorSpec

EPISODE_STEPS: Final = 1000
"""20 s (TrajBooster, B.7)."""

FALLEN_HEIGHT: Final = 0.20
"""Of the pelvis [m]. Tour."""

FALLEN_TILT: Final = 0.5
"""Cosine of the pelvis's tilt: 60 degrees, of which the deepest crouch leans 38."""

OWNED: Final = {"legs_and_waist": LEG_JOINTS + WAIST_JOINTS, "legs": LEG_JOINTS}
"""Joints that the worker may own; somebody else moves the rest."""

PHASES: Final = ("standing", "fallen")


@dataclass
class Difficulty:
    """How much of what makes the task hard is there, each (N,) in 0 to 1, fixed for an episode.

    speed: share of the commanded velocities' ranges
    arms: from small motions of the arms to nearly uniform ones
    pushes: factor on pushes and punches
    """

    speed: Tensor
    arms: Tensor
    pushes: Tensor


class WorkerEnvironment(BatchedEnvironment):
    """N worlds of a G1 on a floor.

    Actions are targets of the owned joints [rad]. Success is to stand at the end; `phase` says whether it fell.
    Episodes end on falls, after 20 s, and where the physics diverges.

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
        fault_directory: Path = Path("outputs/faults"),
    ) -> None:
        """randomness: none (the nominal robot, no noise) or full; disturbance: pushes."""
        if randomness not in _RANDOMNESS:
            raise unknown_name("randomness", randomness, _RANDOMNESS)
        self.num_envs = num_envs
        self.device = torch.device("cpu")
        self.simulation = Simulation(g1_scene().compile(), num_envs, num_threads, SUBSTEPS)
        self.owned = OWNED[owned]
        self.spec = _spec("g1_worker" if owned == "legs_and_waist" else "g1_worker_legs", self.owned)
        self.ranges = CommandRanges() if ranges is None else ranges
        self.rewards = Rewards(RewardWeights() if weights is None else weights)
        self._disturbed = disturbance
        self.parameters = Parameters(self.simulation, _RANDOMNESS[randomness])
        self._noise = SensorNoise().half_widths() * (randomness != "none")
        self._disturbances = Disturbances(self.simulation.model, Pushes() if pushes is None else pushes)
        self._reader = StateReader(self.simulation)
        self._fault_directory = fault_directory
        self._bind()
        self._allocate()

    def _bind(self) -> None:
        model, view = self.simulation.model, self.simulation.view
        self._qpos, self._qvel, self._ctrl = view("qpos"), view("qvel"), view("ctrl")
        self._joint_torque, self._link_force = view("qfrc_applied"), view("xfrc_applied")
        self._addresses = torch.tensor([int(model.joint(name).qposadr[0]) for name in JOINTS])
        self._dofs = torch.tensor([int(model.joint(name).dofadr[0]) for name in JOINTS])
        self._motors = torch.tensor([int(model.actuator(name).id) for name in JOINTS])
        limits = torch.tensor([model.joint(name).range.tolist() for name in JOINTS])
        self._lower, self._upper = limits.unbind(1)
        self._own = torch.tensor([JOINTS.index(name) for name in self.owned])
        self._others = torch.tensor([i for i, name in enumerate(JOINTS) if name not in self.owned])

    def _allocate(self) -> None:
        count, others = self.num_envs, self._others
        rest = torch.tensor([default_angle(JOINTS[i]) for i in others.tolist()])
        self.arms = ArmMotion(count, rest, self._lower[others], self._upper[others])
        self.shaper = CommandShaper(count, self.simulation.control_period)
        self.command = torch.zeros(count, 4)
        self.target = torch.zeros(3, count, len(JOINTS))
        self.seeds = torch.zeros(count, dtype=torch.int64)
        self.step_count = torch.zeros(count, dtype=torch.int64)
        self.done = torch.ones(count, dtype=torch.bool)
        ones = torch.ones(count)
        self.difficulty = Difficulty(ones.clone(), ones.clone(), ones.clone())
        self.last_observation = torch.zeros(count, OBSERVATION.size)
        self.simulation.forward(torch.arange(count))
        self.state = self._reader.read(self._reader.feet())

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> Tensor:
        """Begin in the crouch of the first command's height, joints and velocities a little off."""
        worlds = torch.arange(self.num_envs) if env_ids is None else env_ids
        self.seeds[worlds], self.step_count[worlds], self.done[worlds] = episode_seeds, 0, False
        self.parameters.draw(episode_seeds, worlds)
        self.arms.reset(worlds)
        self._command(worlds)
        self._place(worlds)
        self.simulation.forward(worlds)
        fresh = self._reader.read(self._reader.feet())
        named = torch.zeros(self.num_envs, dtype=torch.bool)
        named[worlds] = True
        self.state = self.state.merged(named, fresh)
        self._observe(named)
        return self.last_observation.clone()

    def _command(self, worlds: Tensor) -> None:
        """Draw the named worlds' next command at the start of their episodes."""
        drawn = self._drawn_commands()[worlds]
        self.command[worlds] = drawn
        phase = uniform(self.seeds[worlds], Stream.START, 1, 1)[:, 0]
        self.shaper.reset(worlds, drawn[:, 3], phase)

    def _drawn_commands(self) -> Tensor:
        count = self.step_count // round(RESAMPLE_SECONDS / self.simulation.control_period)
        return draw_commands(self.seeds, Stream.COMMAND, count, self.ranges, self.difficulty.speed)

    def _place(self, worlds: Tensor) -> None:
        ranges, seeds = self.parameters.randomisation, self.seeds[worlds]
        height = self.command[worlds, 3]
        shares = 2.0 * uniform(seeds, Stream.START, 0, 7 + len(JOINTS)) - 1.0
        posture = crouch_posture(height)
        posture[:, self._others] = self.arms.start[worlds]
        self.target[:, worlds] = posture
        angles = posture + ranges.start_position * shares[:, 7:]
        self.simulation.reset(worlds)
        self._qpos[worlds[:, None], self._addresses] = angles.clamp(self._lower, self._upper).double()
        yaw, pitch = torch.pi * shares[:, 0] * (ranges.start_position > 0), crouch_pitch(height)
        self._qpos[worlds, 2] = (height + 0.1 * ranges.start_position).double()
        self._qpos[worlds, 3:7] = _turned(yaw, pitch).double()
        self._qvel[worlds, :6] = (ranges.start_velocity * shares[:, 1:7]).double()
        self._ctrl[worlds[:, None], self._motors] = posture.double()

    def step(self, action: Tensor) -> Transition:
        """Run one control period with targets of the owned joints (N, A) [rad]."""
        running = ~self.done
        self._set_targets(action, running)
        self._disturb(running)
        worlds = running.nonzero().squeeze(1)
        feet = self._reader.feet()
        self.simulation.remember()
        self.simulation.step(worlds, SUBSTEPS)
        before, fresh = self.state, self._reader.read(feet)
        self.state = before.merged(running, fresh)
        self.step_count += running
        return self._finish(running, before)

    def _set_targets(self, action: Tensor, running: Tensor) -> None:
        target = self.target[0].clone()
        target[:, self._own] = action.float()
        target[:, self._others] = self.arms.targets(self.seeds, self.step_count, self.difficulty.arms)
        target = torch.where(running[:, None], target.clamp(self._lower, self._upper), self.target[0])
        self.target = torch.stack((target, self.target[0], self.target[1]))
        self._ctrl[:, self._motors] = target.double()

    def _disturb(self, running: Tensor) -> None:
        torques = self.parameters.torques(self.seeds, self.step_count)
        self._joint_torque[:, self._dofs] = torques.double()
        if not self._disturbed:
            return
        size = self.difficulty.pushes * running
        self._qvel[:, :2] += self._disturbances.velocity_change(self.seeds, self.step_count, size).double()
        link, force = self._disturbances.punch(self.seeds, self.step_count, size)
        self._link_force.zero_()
        self._link_force[torch.arange(self.num_envs), link, :3] = force.double()

    def _finish(self, running: Tensor, before: HumanoidState) -> Transition:
        fault = running & self.simulation.fault
        fallen = running & self._fallen() & ~fault
        terms = self.rewards.terms(self._moment(before))
        reward = torch.stack(list(terms.values())).sum(0) * (running & ~fault & ~fallen)
        truncated = running & (self.step_count >= EPISODE_STEPS) & ~fallen & ~fault
        self.done = self.done | fault | fallen | truncated
        for world in fault.nonzero().flatten().tolist():
            self.simulation.dump_fault(world, self._fault_directory, f"g1_{int(self.seeds[world])}")
        self._next_command(running)
        self._observe(running & ~fault)
        return Transition(
            observation=self.last_observation.clone(),
            reward=reward.nan_to_num(),
            terminated=fault | fallen | (self.done & ~running),
            truncated=truncated,
            success=truncated,
            phase=(fault | fallen).long(),
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
            target=self.target,
            period=self.simulation.control_period,
            lower=self._lower,
            upper=self._upper,
        )

    def _next_command(self, running: Tensor) -> None:
        every = round(RESAMPLE_SECONDS / self.simulation.control_period)
        due = running & (self.step_count % every == 0)
        if bool(due.any()):
            self.command = torch.where(due[:, None], self._drawn_commands(), self.command)
        self.shaper.step(self.command)

    def _observe(self, worlds: Tensor) -> None:
        """Renew the observation of the worlds of the mask (N,) bool."""
        noise = 2.0 * uniform(self.seeds, Stream.SENSOR_NOISE, self.step_count, len(self._noise)) - 1.0
        seen = observation(self.command, self.shaper.gait, measured(self.state) + self._noise * noise)
        self.last_observation = torch.where(worlds[:, None], seen, self.last_observation)

    def privileged(self) -> Tensor:
        """The observation without noise and what no sensor measures, (N, 71 + 14)."""
        clean = observation(self.command, self.shaper.gait, measured(self.state))
        return torch.cat((clean, privileged(self.state, self.parameters.summary)), 1)

    def close(self) -> None:
        """Nothing to release: the batch's threads end with it."""


def _turned(yaw: Tensor, pitch: Tensor) -> Tensor:
    """Quaternions (K, 4) of a pitch (K,), then a yaw (K,) [rad]."""
    cy, sy, cp, sp = (yaw / 2).cos(), (yaw / 2).sin(), (pitch / 2).cos(), (pitch / 2).sin()
    return torch.stack((cy * cp, -sy * sp, cy * sp, sy * cp), 1)


def _spec(name: str, owned: tuple[str, ...]) -> TaskSpec:
    return TaskSpec(
        name=name,
        observation=OBSERVATION,
        action=VectorSpec(tuple(f"{joint}.target" for joint in owned), ("rad",) * len(owned)),
        control_rate_hz=50.0,
        max_episode_steps=EPISODE_STEPS,
        phases=PHASES,
    )


_RANDOMNESS: Final = {"none": NOTHING, "full": Randomisation()}
