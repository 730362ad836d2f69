"""The walking tour as a task: see `envs.humanoid.tour`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.joint_places import JointPlaces
from envs.humanoid.sensing import OBSERVATION, measured
from envs.humanoid.settings import CommandRanges
from envs.humanoid.specification import OWNED, worker_spec
from envs.humanoid.state import StateReader
from envs.humanoid.tour.arms import TourArms
from envs.humanoid.tour.figures import TourFigures
from envs.humanoid.tour.protocol import (
    COMMANDED_HEIGHT,
    EPISODE_STEPS,
    FALLEN_HEIGHT,
    SEGMENT_STEPS,
    SUBSTEPS,
    WAYPOINTS,
)
from envs.humanoid.tour.punches import Puncher, draw_punches, is_due
from envs.humanoid.tour.robot import stance, tour_model, with_gains
from envs.humanoid.tour.waypoints import Guide, draw_waypoints, errors
from envs.robots.g1.constants import (
    ARM_JOINTS,
    JOINTS,
    STANDING_HEIGHT,
    Gains,
)
from envs.simulation import Simulation
from robolearn.environment import BatchedEnvironment, Transition
from robolearn.errors import UserError, unknown_name
from robolearn.policies.worker.command import CommandShaper
from robolearn.policies.worker.drive import Drive, VelocityLimits
from robolearn.policies.worker.observation import observation

_WORKER: Final = "legs_and_waist"
_OWNED: Final = OWNED[_WORKER]
"""Joints that a policy may own."""


def worker_drive() -> Drive:
    """How a worker drives the robot."""
    gains, ranges = worker_spec(_WORKER, EPISODE_STEPS).gains, CommandRanges()
    return Drive(
        stiffness={name: stiffness for name, (stiffness, _) in gains.items()},
        damping={name: damping for name, (_, damping) in gains.items()},
        limits=VelocityLimits(ranges.backward, ranges.forward, ranges.sideways, ranges.yaw_rate),
        shaped=True,
    )


class TourEnvironment(BatchedEnvironment):
    """N worlds of a G1 on its tour.

    Actions are targets of legs and waist [rad]. Success is to stand at the end; `phase` says whether it fell.
    Episodes end on falls, after 90 s, and where the physics diverges. Nothing is rewarded.
    """

    def __init__(
        self,
        num_envs: int,
        *,
        randomness: str = "none",
        disturbance: bool = True,
        num_threads: int = 0,
        height: float = COMMANDED_HEIGHT,
        drive: Drive | None = None,
        fault_directory: Path = Path("outputs/faults"),
    ) -> None:
        """One robot for all.

        randomness: none, by the protocol
        disturbance: the punches; without them it is another, easier task
        height: that is commanded [m], in the worker's range
        drive: the worker's unless another is given, here or to `adopt`
        """
        if randomness != "none":
            raise unknown_name("randomness", randomness, ["none"])
        ranges = CommandRanges()
        if not ranges.lowest <= height <= ranges.highest:
            raise UserError(f"height={height} is not valid: choose {ranges.lowest} to {ranges.highest}")
        self.spec = worker_spec(_WORKER, EPISODE_STEPS)
        self.num_envs, self.device = num_envs, torch.device("cpu")
        self._punches, self._threads, self._height = disturbance, num_threads, height
        self._fault_directory = fault_directory
        self._held_model = tour_model()
        self._figures: TourFigures | None = None
        self.adopt(worker_drive() if drive is None else drive)

    def adopt(self, drive: Drive) -> None:
        """Run a policy as it asks for; all episodes end. Raises UserError for joints that it may not own."""
        if foreign := [name for name in drive.stiffness if name not in _OWNED]:
            raise unknown_name("joint", foreign[0], _OWNED)
        gains = {name: Gains(drive.stiffness[name], drive.damping[name]) for name in drive.stiffness}
        model = with_gains(self._held_model, gains)
        self.simulation = Simulation(model, self.num_envs, self._threads, SUBSTEPS)
        self._drive = drive
        self._bind()
        self._allocate()

    def _bind(self) -> None:
        model, view = self.simulation.model, self.simulation.view
        self._qpos, self._ctrl = view("qpos"), view("ctrl")
        self._places = JointPlaces.of(model)
        owned = [name for name in _OWNED if name in self._drive.stiffness]
        self._own = torch.tensor([JOINTS.index(name) for name in owned])
        self._actions = torch.tensor([_OWNED.index(name) for name in owned])
        self._arm_joints = torch.tensor([JOINTS.index(name) for name in ARM_JOINTS])
        self._puncher = Puncher(self.simulation)
        self._reader = StateReader(self.simulation)

    def _allocate(self) -> None:
        count, period = self.num_envs, self.simulation.control_period
        self.arms = TourArms(count, self.simulation.model)
        self.guide = Guide(count, self._drive.limits)
        self.shaper = CommandShaper(count, period)
        self.command = torch.zeros(count, 4)
        self.command[:, 3] = self._height
        self.target = stance().repeat(count, 1)
        self.waypoints = torch.zeros(count, WAYPOINTS, 3)
        self.seeds = torch.zeros(count, dtype=torch.int64)
        self.step_count = torch.zeros(count, dtype=torch.int64)
        self.done = torch.ones(count, dtype=torch.bool)
        self.last_observation = torch.zeros(count, OBSERVATION.size)
        self.simulation.forward(torch.arange(count))
        self.state = self._reader.read(self._reader.feet())

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> Tensor:
        """Begin at the release from the crane."""
        worlds = torch.arange(self.num_envs) if env_ids is None else env_ids
        self.seeds[worlds], self.step_count[worlds], self.done[worlds] = episode_seeds, 0, False
        self.waypoints[worlds] = draw_waypoints(episode_seeds)
        self.arms.reset(worlds)
        self.target[worlds] = stance()
        if self._figures is not None:
            self._figures.reset(worlds)
        self.simulation.reset(worlds)
        self._qpos[worlds, 2] = STANDING_HEIGHT
        self._qpos[worlds[:, None], self._places.positions] = stance().double()
        self._ctrl[worlds[:, None], self._places.motors] = stance().double()
        self.simulation.forward(worlds)
        self.state.put(worlds, self._reader.read(self._reader.feet(worlds), worlds))
        self.shaper.reset(worlds, torch.full((len(worlds),), self._height))
        self.guide.forget(worlds)
        self._command(worlds)
        self.last_observation[worlds] = self._observed(worlds)
        return self.last_observation.clone()

    def step(self, action: Tensor) -> Transition:
        """Run one control period with targets of legs and waist [rad] and the request to step, (N, 16)."""
        running = ~self.done
        self._set_targets(action, running)
        self.simulation.remember()
        worlds = running.nonzero().squeeze(1)
        feet = self._reader.feet(worlds)
        self._advance(worlds)
        self.state = self.state.copy()
        self.state.put(worlds, self._reader.read(feet, worlds))
        self.step_count += running
        return self._finish(running, action)

    def _set_targets(self, action: Tensor, running: Tensor) -> None:
        target = stance().repeat(self.num_envs, 1)
        target[:, self._own] = action[:, self._actions].float()
        if self._drive.within_limits:
            target = target.clamp(self._places.lower, self._places.upper)
        target[:, self._arm_joints] = self.arms.targets(self.seeds, self.step_count, running)
        self.target = torch.where(running[:, None], target, self.target)
        self._ctrl[:, self._places.motors] = self.target.double()

    def _advance(self, worlds: Tensor) -> None:
        """Run the physics of the named worlds, (K,) int64; the punched ones take their steps one by one."""
        punched = is_due(self.step_count[worlds]) & self._punches
        self._puncher.clear()
        self.simulation.step(worlds[~punched], SUBSTEPS)
        hit = worlds[punched]
        if not len(hit):
            return
        joint, force = draw_punches(self.seeds[hit], self.step_count[hit] // SEGMENT_STEPS)
        for _ in range(SUBSTEPS):
            self._puncher.apply(hit, joint, force)
            self.simulation.step(hit, 1)

    def _finish(self, running: Tensor, action: Tensor) -> Transition:
        fault = running & self.simulation.fault
        fallen = running & (self.state.pelvis_height < FALLEN_HEIGHT) & ~fault
        completed = running & (self.step_count >= EPISODE_STEPS) & ~fallen & ~fault
        self.done = self.done | fault | fallen | completed
        for world in fault.nonzero().flatten().tolist():
            self.simulation.dump_fault(world, self._fault_directory, f"g1_tour_{int(self.seeds[world])}")
        self._measure(running & ~fault, fallen, completed)
        seen = (running & ~fault).nonzero().squeeze(1)
        self._next_segment(seen)
        self._command(seen)
        self.shaper.step(self.command, action[:, -1].float())
        self.last_observation[seen] = self._observed(seen)
        return Transition(
            observation=self.last_observation.clone(),
            reward=torch.zeros(self.num_envs),
            terminated=fault | fallen | (self.done & ~running),
            truncated=completed,
            success=completed,
            phase=(fault | fallen).long(),
            fault=fault,
        )

    def _measure(self, seen: Tensor, fallen: Tensor, completed: Tensor) -> None:
        if self._figures is None:
            return
        self._figures.add_step(self.state, seen, completed)
        ends = seen & ~fallen & (self.step_count % SEGMENT_STEPS == 0)
        worlds = ends.nonzero().squeeze(1)
        self._figures.add_target(worlds, *self._errors(worlds, self.step_count[worlds] // SEGMENT_STEPS - 1))

    def _next_segment(self, worlds: Tensor) -> None:
        self.guide.forget(worlds[self.step_count[worlds] % SEGMENT_STEPS == 0])

    def _command(self, worlds: Tensor) -> None:
        """Command the named worlds, (K,) int64, towards their present waypoints."""
        segment = (self.step_count[worlds] // SEGMENT_STEPS).clamp(max=WAYPOINTS - 1)
        self.command[worlds, :3] = self.guide.velocities(worlds, *self._errors(worlds, segment))

    def _errors(self, worlds: Tensor, segment: Tensor) -> tuple[Tensor, Tensor]:
        """See `waypoints.errors`, of the named worlds (K,) in segments (K,)."""
        position = self._qpos[worlds, :2].float()
        return errors(position, self.state.yaw[worlds], self.waypoints[worlds, segment])

    def _observed(self, worlds: Tensor) -> Tensor:
        """The named worlds' observations, (K, 71)."""
        command, gait = self.command[worlds], self.shaper.gait.of(worlds)
        if not self._drive.shaped:
            gait.velocity = command[:, :3]
        return observation(command, gait, measured(self.state, worlds))

    def record_figures(self) -> None:
        """See BatchedEnvironment."""
        self._figures = TourFigures(self.num_envs, self.simulation.control_period)

    def figures(self) -> Mapping[str, Tensor]:
        """See BatchedEnvironment; names in `envs.humanoid.tour.figures`."""
        return {} if self._figures is None else self._figures.values()

    def close(self) -> None:
        """Nothing to release: the batch's threads end with it."""
