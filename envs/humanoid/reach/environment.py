"""The manager's task: command the worker so that both hands can follow their trajectories."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.joint_places import JointPlaces
from envs.humanoid.noise import StepNoise
from envs.humanoid.pushes import Disturbances
from envs.humanoid.randomisation import NOTHING, Parameters, Randomisation
from envs.humanoid.reach.arms import ReachArms
from envs.humanoid.reach.faults import TrainingFaults
from envs.humanoid.reach.figures import ReachFigures
from envs.humanoid.reach.references import LOOK_AHEAD, Hands, Reference, References
from envs.humanoid.reach.sensing import COMMAND_SPEC, OBSERVATION, Stand, reach_observation
from envs.humanoid.reach.teacher import wrapped
from envs.humanoid.scene import CONTROL_RATE, SUBSTEPS, g1_scene
from envs.humanoid.sensing import SensorNoise, measured
from envs.humanoid.settings import CommandRanges, Pushes
from envs.humanoid.specification import OWNED
from envs.humanoid.state import StateReader
from envs.humanoid.streams import Stream
from envs.rendering.marks import Mark
from envs.robots.g1.constants import JOINTS
from envs.robots.g1.crouch import crouch_lean, crouch_posture, crouch_targets
from envs.simulation import Simulation
from robolearn.environment import BatchedEnvironment, Transition
from robolearn.errors import unknown_name
from robolearn.policies.policy import Policy
from robolearn.policies.worker.command import CommandShaper, standing_when_low_or_slow
from robolearn.policies.worker.observation import observation
from robolearn.rotations import axis_angle_from_quaternion, conjugate, multiply
from robolearn.specification import TaskSpec

ReferenceSource = Callable[[int, Hands], Reference]
"""The reference of an episode by its seed, beginning from resting hands in the start frame."""

FARTHEST: Final = 0.9
"""Error of either hand beyond which an episode is lost [m] (TrajBooster, C.6, for the left hand)."""

FALLEN_HEIGHT, FALLEN_TILT = 0.20, 0.6
"""Of the pelvis [m], and cosine of its tilt: gravity's horizontal part is 0.8 (TrajBooster, C.6)."""

MAX_EPISODE_STEPS: Final = 2000
"""40 s; no trajectory of the generator is longer."""

PHASES: Final = ("following", "lost", "fallen")

_MARK_SIZE, _MARK_COLOR = (0.06, 0.02, 0.04), (0.1, 0.7, 0.3, 0.55)
"""About a hand, in its frame [m]."""

ARM_PREVIEW: Final = 1
"""Control steps ahead that the arms are commanded; measured: they are that late."""


class ReachEnvironment(BatchedEnvironment):
    """N worlds of a G1 whose hands follow trajectories.

    Actions are commands to the worker: velocities in the heading frame, yaw rate, height. Success is to have
    followed to the end; `phase` tells whether it fell or lost a hand's reference.

    command: (N, 4) that the worker is given
    """

    def __init__(
        self,
        num_envs: int,
        worker: Policy,
        source: ReferenceSource,
        *,
        randomness: str = "none",
        disturbance: bool = False,
        faults: TrainingFaults | None = None,
        num_threads: int = 0,
        fault_directory: Path = Path("outputs/faults"),
    ) -> None:
        """worker: drives legs and waist; randomness: none or full, as of the worker; disturbance: pushes.

        faults: of the released training; none unless given
        """
        if randomness not in _RANDOMNESS:
            raise unknown_name("randomness", randomness, _RANDOMNESS)
        self.num_envs, self.device = num_envs, torch.device("cpu")
        self.spec = reach_spec()
        self.worker, self.source = worker, source
        self._faults = TrainingFaults() if faults is None else faults
        self.simulation = Simulation(g1_scene().compile(), num_envs, num_threads, SUBSTEPS)
        self.parameters = Parameters(self.simulation, _RANDOMNESS[randomness])
        self._noise_width = SensorNoise().half_widths() * (randomness != "none")
        self._noise = StepNoise(len(self._noise_width), Stream.SENSOR_NOISE, self.device)
        self._disturbed = disturbance
        self._disturbances = Disturbances(self.simulation.model, Pushes(), self.device)
        self._reader = StateReader(self.simulation)
        self._fault_directory = fault_directory
        self._figures: ReachFigures | None = None
        self._bind()
        self._allocate()

    @property
    def control_period(self) -> float:
        """[s]."""
        return self.simulation.control_period

    @property
    def stand(self) -> Stand:
        """Where the pelvises are."""
        return Stand(self._qpos[:, :2].float(), self.state.yaw)

    @property
    def pelvis(self) -> Tensor:
        """(N, 7) position [m] and quaternion of the pelvises in the start frame."""
        return self._qpos[:, :7].float()

    def _bind(self) -> None:
        view = self.simulation.view
        self._qpos, self._qvel, self._ctrl = view("qpos"), view("qvel"), view("ctrl")
        self._joint_torque = view("qfrc_applied")
        self._places = JointPlaces.of(self.simulation.model)
        self._own = torch.tensor([JOINTS.index(name) for name in OWNED["legs_and_waist"]])

    def _allocate(self) -> None:
        count = self.num_envs
        self.arms = ReachArms(self.simulation)
        self.references = References(count)
        self.shaper = CommandShaper(count, self.control_period)
        self.command = torch.zeros(count, 4)
        self._request = torch.zeros(count)
        self.target = torch.zeros(count, len(JOINTS))
        self.seeds = torch.zeros(count, dtype=torch.int64)
        self.step_count = torch.zeros(count, dtype=torch.int64)
        self.done = torch.ones(count, dtype=torch.bool)
        self.phase = torch.zeros(count, dtype=torch.int64)
        self.last_observation = torch.zeros(count, OBSERVATION.size)
        self.worker.reset(num_envs=count)
        ranges = CommandRanges()
        self._least = torch.tensor((ranges.backward, -ranges.sideways, -ranges.yaw_rate, ranges.lowest))
        self._most = torch.tensor((ranges.forward, ranges.sideways, ranges.yaw_rate, ranges.highest))
        self.simulation.forward(torch.arange(count))
        self.state = self._reader.read(self._reader.feet())

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> Tensor:
        """Begin upright at the start frame's origin, the arms in their natural posture."""
        worlds = torch.arange(self.num_envs) if env_ids is None else env_ids
        self.seeds[worlds], self.step_count[worlds], self.done[worlds] = episode_seeds, 0, False
        self.phase[worlds], self._request[worlds] = 0, 0.0
        self.parameters.draw(episode_seeds, worlds, torch.ones(len(worlds)))
        self.arms.reset(worlds)
        self.worker.reset(worlds)
        if self._figures is not None:
            self._figures.reset(worlds)
        self._place(worlds)
        self.simulation.forward(worlds)
        resting = self.arms.hands(worlds)
        for row, (world, seed) in enumerate(zip(worlds.tolist(), episode_seeds.tolist(), strict=True)):
            hands = Hands(resting.position[row], resting.quaternion[row])
            self.references.put(world, self.source(seed, hands))
        height = torch.full((len(worlds),), self._most[3].item())
        self.command[worlds] = torch.nn.functional.pad(height[:, None], (3, 0))
        self.shaper.reset(worlds, height)
        self.state.put(worlds, self._reader.read(self._reader.feet(worlds), worlds))
        self.last_observation[worlds] = self._observed()[worlds]
        return self.last_observation.clone()

    def _place(self, worlds: Tensor) -> None:
        height = torch.full((len(worlds),), self._most[3].item())
        posture, target = crouch_posture(height), crouch_targets(height)
        self.target[worlds] = target
        self.simulation.reset(worlds)
        self._qpos[worlds[:, None], self._places.positions] = posture.double()
        half = crouch_lean(height) / 2
        self._qpos[worlds, 2] = height.double()
        zero = torch.zeros_like(half)
        self._qpos[worlds, 3:7] = torch.stack((half.cos(), zero, half.sin(), zero), 1).double()
        self._ctrl[worlds[:, None], self._places.motors] = target.double()

    def step(self, action: Tensor) -> Transition:
        """Run one control period under commands (N, 4)."""
        running = ~self.done
        told = running & (self.step_count % self._faults.command_every == 0)
        self.command = torch.where(told[:, None], self.limited(action.float()), self.command)
        self.shaper.step(self.command, self._request)
        self._set_targets(running)
        worlds = running.nonzero().squeeze(1)
        feet = self._reader.feet(worlds)
        self.simulation.remember()
        self.simulation.step(worlds, SUBSTEPS)
        self.state = self.state.copy()
        self.state.put(worlds, self._reader.read(feet, worlds))
        self.step_count += running
        return self._finish(running)

    def limited(self, command: Tensor) -> Tensor:
        """Commands (N, 4) within the worker's ranges, and standing where they are low."""
        return standing_when_low_or_slow(torch.minimum(torch.maximum(command, self._least), self._most))

    def _set_targets(self, running: Tensor) -> None:
        target = self.target.clone()
        action = self.worker.act(self._worker_observation())
        target[:, self._own], self._request = action[:, :-1], action[:, -1]
        ahead = self.arms.step(self._arm_targets())
        target[:, self.arms.places] = self.arms.angles.flatten(1)
        target = target.clamp(self._places.lower, self._places.upper)
        self.target = torch.where(running[:, None], target, self.target)
        target = self.target.clone()
        target[:, self.arms.places] += ahead
        self._ctrl[:, self._places.motors] = target.double()
        torque = self.parameters.torques(self.seeds, self.step_count)
        self._joint_torque[:, self._places.velocities] = torque.double()
        if self._disturbed:
            change = self._disturbances.velocity_change(self.seeds, self.step_count, running.float())
            self._qvel[:, :2] += change.double()

    def _arm_targets(self) -> Hands:
        if self._faults.measured_hands:
            return self.arms.hands()
        return self.references.hands(self.step_count + 1 + ARM_PREVIEW)

    def _worker_observation(self) -> Tensor:
        noise = self._noise_width * self._noise.at(self.seeds, self.step_count)
        return observation(self.command, self.shaper.gait, measured(self.state) + noise)

    def _observed(self) -> Tensor:
        """All worlds' observations, (N, 167)."""
        ahead = [self.references.hands(self.step_count + steps) for steps in LOOK_AHEAD]
        return reach_observation(self._worker_observation(), ahead, self.arms.hands().position, self.stand)

    def _finish(self, running: Tensor) -> Transition:
        fault = running & self.simulation.fault
        sound = running & ~fault
        way, turn = self.hand_errors()
        base = self._base_errors()
        tilted = -self.state.gravity_in_pelvis[:, 2] < FALLEN_TILT
        fallen = sound & (tilted | (self.state.pelvis_height < FALLEN_HEIGHT))
        farthest = way[:, 0] if self._faults.one_hand else way.amax(1)
        lost = sound & ~fallen & (farthest > FARTHEST)
        ended = sound & ~fallen & ~lost & (self.step_count >= self.references.length - 1)
        self.done = self.done | fault | fallen | lost | ended
        self.phase[lost], self.phase[fault | fallen] = PHASES.index("lost"), PHASES.index("fallen")
        for world in fault.nonzero().flatten().tolist():
            self.simulation.dump_fault(world, self._fault_directory, f"g1_reach_{int(self.seeds[world])}")
        if self._figures is not None:
            low = self.references.hands(self.step_count).position[..., 2].amin(1)
            self._figures.add(way, turn, base, low, sound)
        self.last_observation[sound] = self._observed()[sound]
        reward = self.control_period * following_reward(way, turn, base)
        return Transition(
            observation=self.last_observation.clone(),
            reward=(reward * (sound & ~fallen & ~lost)).nan_to_num(),
            terminated=self.done & ~ended,
            truncated=ended,
            success=ended,
            phase=self.phase.clone(),
            fault=fault,
        )

    def hand_errors(self) -> tuple[Tensor, Tensor]:
        """Of both hands against their references now, (N, 2) [m] and (N, 2) [rad]."""
        wanted, hands = self.references.hands(self.step_count), self.arms.hands()
        turn = multiply(wanted.quaternion, conjugate(hands.quaternion))
        return (wanted.position - hands.position).norm(dim=2), axis_angle_from_quaternion(turn).norm(dim=2)

    def _base_errors(self) -> Tensor:
        """Absolute errors of heading [rad], place [m] and height [m] of the pelvis, (N, 3)."""
        base, stand = self.references.base(self.step_count), self.stand
        heading = wrapped(base[:, 2] - stand.yaw).abs()
        place = (base[:, :2] - stand.place).norm(dim=1)
        return torch.stack((heading, place, (base[:, 3] - self.state.pelvis_height).abs()), 1)

    def marks(self, world: int) -> list[Mark]:
        """Where the hands of one world should be."""
        hands = self.references.hands(self.step_count)
        poses = zip(hands.position[world].tolist(), hands.quaternion[world].tolist(), strict=True)
        return [Mark(position, quaternion, _MARK_SIZE, _MARK_COLOR) for position, quaternion in poses]

    def record_figures(self) -> None:
        """See BatchedEnvironment."""
        self._figures = ReachFigures(self.num_envs)

    def figures(self) -> Mapping[str, Tensor]:
        """See BatchedEnvironment; names in `envs.humanoid.reach.figures`."""
        return {} if self._figures is None else self._figures.values()

    def close(self) -> None:
        """Nothing to release: the batch's threads end with it."""


def following_reward(way: Tensor, turn: Tensor, base: Tensor) -> Tensor:
    """(N,) a second: 1 for staying up, and up to 1 each for hands' places, their orientations, the heading.

    way, turn: (N, 2) errors of the hands [m, rad]; base: (N, 3), the heading's error [rad] first
    """
    hands = (-way.square() / 0.01).exp().mean(1) + (-turn.square() / 0.06).exp().mean(1)
    return 1.0 + hands + (-base[:, 0].square() / 0.03).exp()


def reach_spec() -> TaskSpec:
    """Of the manager's task."""
    return TaskSpec(
        name="g1_reach",
        observation=OBSERVATION,
        action=COMMAND_SPEC,
        control_rate_hz=CONTROL_RATE,
        max_episode_steps=MAX_EPISODE_STEPS,
        phases=PHASES,
    )


_RANDOMNESS: Final[Mapping[str, Randomisation]] = {"none": NOTHING, "full": Randomisation()}
