"""FurnitureBench's one_leg: a Panda screws a leg into a table top. Many worlds at once."""

import math
from collections.abc import Sequence
from pathlib import Path

import mujoco
import numpy as np
import torch
from torch import Tensor

from envs.assembly import observation as spaces
from envs.assembly.assembled import PHASES, is_assembled, is_lost, phase_reached
from envs.assembly.disturbance import PUSH_SECONDS, sample_pushes
from envs.assembly.furniture import square_table
from envs.assembly.lying import LYING
from envs.assembly.randomisation import Layout, level_named, sample_layout
from envs.assembly.scene import LEGS, OBSTACLE, PARTS, THREADED_LEG, TIMESTEP, TOP, build_one_leg
from envs.assembly.thread_coupling import ThreadCoupling
from envs.assembly.thread_geometry import SHARED_THREAD
from envs.assembly.workspace import OBSTACLE_POSITION
from envs.robots.differential_ik import DifferentialIk
from envs.robots.panda import constants as panda
from envs.simulation import Simulation
from robolearn.environment import BatchedEnvironment, Transition
from robolearn.rotations import conjugate, matrix_from_sixd, multiply, rotate
from robolearn.specification import TaskSpec

CONTROL_RATE_HZ = 10.0
MAX_EPISODE_STEPS = 700
GRIPPER_DEADBAND = 0.019
"""A gripper command smaller than this keeps the fingers as they are. FurnitureSim."""

COUPLING_CHUNK = 4
"""Physics steps between two looks at the thread (20 ms)."""

LOWEST_FINGERTIPS = 0.05
"""Joint noise that brings the fingertips lower than this is drawn again [m]."""

SPEC = TaskSpec(
    name="one_leg",
    observation=spaces.OBSERVATION,
    action=spaces.ACTION,
    control_rate_hz=CONTROL_RATE_HZ,
    max_episode_steps=MAX_EPISODE_STEPS,
    phases=PHASES,
    frames=spaces.FRAMES,
)


_TOP, _LEG = PARTS.index(TOP), PARTS.index(THREADED_LEG)


class OneLegEnvironment(BatchedEnvironment):
    """The batched task; `envs.assembly.observation` documents its vectors.

    An episode ends with success, when the top or the leg is out of reach for good, or when physics diverges.

    randomness: "low", "med" or "high"
    disturbance: push the parts at random during the episode
    num_threads: of the physics; 0 for all cores
    fault_directory: where states of diverged worlds are dumped
    """

    def __init__(
        self,
        num_envs: int,
        *,
        randomness: str = "low",
        disturbance: bool = False,
        num_threads: int = 0,
        fault_directory: Path = Path("outputs/faults"),
    ) -> None:
        self.spec = SPEC
        self.num_envs = num_envs
        self.device = torch.device("cpu")
        self.level = level_named(randomness)
        self.disturbance = disturbance
        substeps = round(1 / (CONTROL_RATE_HZ * TIMESTEP))
        self.simulation = Simulation(build_one_leg().compile(), num_envs, num_threads, substeps)
        model = self.simulation.model
        self.arm = DifferentialIk(
            self.simulation, panda.ARM_JOINTS, panda.END_EFFECTOR_SITE, panda.RESET_JOINT_POSITIONS
        )
        seats = [(x, square_table.ASSEMBLED_LEG_Y, z) for x, z in square_table.HOLES]
        self.thread = ThreadCoupling(self.simulation, THREADED_LEG, TOP, seats, SHARED_THREAD)
        self._fault_directory = fault_directory
        self._scratch = mujoco.MjData(model)
        self._bind(model)
        self._allocate_episode_state()

    def _bind(self, model: mujoco.MjModel) -> None:
        self._qpos = self.simulation.view("qpos")
        self._ctrl = self.simulation.view("ctrl")
        self._act = self.simulation.view("act")
        self._wrench = self.simulation.view("xfrc_applied")
        self._part_bodies = torch.tensor([model.body(name).id for name in PARTS])
        addresses = [int(model.joint(name).qposadr[0]) for name in PARTS]
        self._part_qpos = torch.tensor([list(range(a, a + 7)) for a in addresses])
        self._arm_qpos = torch.tensor([int(model.joint(name).qposadr[0]) for name in panda.ARM_JOINTS])
        self._finger_qpos = torch.tensor([int(model.joint(name).qposadr[0]) for name in panda.FINGER_JOINTS])
        self._obstacle_position = self.simulation.expand("body_pos")[:, model.body(OBSTACLE).id]
        self._nominal_obstacle = torch.tensor(OBSTACLE_POSITION, dtype=torch.float64)

    def _allocate_episode_state(self) -> None:
        count = self.num_envs
        self._steps = torch.zeros(count, dtype=torch.int64)
        self._phase = torch.zeros(count, dtype=torch.int64)
        self._success = torch.zeros(count, dtype=torch.bool)
        self._done = torch.ones(count, dtype=torch.bool)
        self._gripper = torch.full((count,), -1.0, dtype=torch.float64)
        self._seeds = torch.zeros(count, dtype=torch.int64)
        self._observation = torch.zeros(count, SPEC.observation.size)
        pushed_steps = MAX_EPISODE_STEPS if self.disturbance else 0
        self._pushes = torch.zeros(count, pushed_steps, len(PARTS), 6)

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> Tensor:
        """See BatchedEnvironment.reset."""
        worlds = torch.arange(self.num_envs) if env_ids is None else env_ids
        generators = [np.random.Generator(np.random.Philox(seed)) for seed in episode_seeds.tolist()]
        layouts = [sample_layout(self.level, generator) for generator in generators]
        self._place_obstacle(worlds, layouts)
        self.simulation.reset(worlds)
        self.thread.release(worlds)
        for world, layout, generator in zip(worlds.tolist(), layouts, generators, strict=True):
            self._start_episode(world, layout, generator)
        self._steps[worlds] = 0
        self._phase[worlds] = 0
        self._success[worlds] = False
        self._done[worlds] = False
        self._gripper[worlds] = -1.0
        self._seeds[worlds] = episode_seeds
        self.simulation.forward(worlds)
        self._observe(worlds)
        return self._observation.clone()

    def step(self, action: Tensor) -> Transition:
        """See BatchedEnvironment.step."""
        active = (~self._done).nonzero().squeeze(-1)
        self._command(active, action)
        for chunk in range(self.chunks):
            self._run_chunk(active, chunk)
        self._steps[active] += 1
        return self._finish_step(active)

    def close(self) -> None:
        """See BatchedEnvironment.close; the physics threads end with the batch."""
        self._done[:] = True

    def part_poses(self) -> tuple[Tensor, Tensor]:
        """Positions (N, 5, 3) [m] and quaternions (N, 5, 4), w first, of PARTS in the robot frame."""
        poses = self._qpos[:, self._part_qpos]
        return poses[..., :3], poses[..., 3:]

    def body_poses(self) -> tuple[Tensor, Tensor]:
        """As `part_poses` of OBSERVED_BODIES: positions (N, 6, 3) and quaternions (N, 6, 4)."""
        position, quaternion = self.part_poses()
        unturned = quaternion.new_tensor((1.0, 0.0, 0.0, 0.0)).expand(len(position), 1, 4)
        obstacle = self._obstacle_position[:, None]
        return torch.cat((position, obstacle), 1), torch.cat((quaternion, unturned), 1)

    def obstacle_position(self) -> Tensor:
        """Centre of the obstacle's front wall in the robot frame, (N, 3) [m]."""
        return self._obstacle_position

    def leg_in_top(self) -> tuple[Tensor, Tensor]:
        """Position (N, 3) [m] and quaternion (N, 4) of the threaded leg in the top's frame."""
        position, quaternion = self.part_poses()
        inverse = conjugate(quaternion[:, _TOP])
        return rotate(inverse, position[:, _LEG] - position[:, _TOP]), multiply(inverse, quaternion[:, _LEG])

    @property
    def chunks(self) -> int:
        """Of COUPLING_CHUNK physics steps in a control period."""
        return self.simulation.substeps // COUPLING_CHUNK

    def _run_chunk(self, worlds: Tensor, chunk: int) -> None:
        """The next chunk of a control period, of which it is number `chunk`."""
        if chunk == 0:
            self._apply_pushes(worlds)
            self.simulation.remember()
        self.simulation.step(worlds, COUPLING_CHUNK)
        self.thread.update(worlds)
        if chunk == 0:
            self._stop_pushes(worlds)

    def _place_obstacle(self, worlds: Tensor, layouts: Sequence[Layout]) -> None:
        """To be followed by a reset of the simulation: only then does it move what is fixed."""
        shifts = torch.from_numpy(np.stack([layout.obstacle for layout in layouts]))
        self._obstacle_position[worlds] = self._nominal_obstacle
        self._obstacle_position[worlds, :2] += shifts

    def _start_episode(self, world: int, layout: Layout, generator: np.random.Generator) -> None:
        self._place_parts(world, layout)
        self._qpos[world, self._finger_qpos] = panda.MAX_OPENING / 2
        joints = torch.from_numpy(self._clear_of_table(layout))
        self._qpos[world, self._arm_qpos] = joints
        self._act[world] = joints
        self._ctrl[world, :7] = joints
        self._ctrl[world, 7] = -1.0
        if self.disturbance:
            self._pushes[world] = sample_pushes(self.level, MAX_EPISODE_STEPS, len(PARTS), generator)

    def _place_parts(self, world: int, layout: Layout) -> None:
        poses = np.concatenate((layout.top[None], layout.legs))
        heights = (-square_table.TOP_UNDERSIDE_Y, *[-square_table.LEG_BODY.lower[2]] * len(LEGS))
        for part, (x, y, yaw) in enumerate(poses):
            turn = torch.tensor((math.cos(yaw / 2), 0, 0, math.sin(yaw / 2)), dtype=torch.float64)
            position = torch.tensor((x, y, heights[part]), dtype=torch.float64)
            pose = torch.cat((position, multiply(turn, LYING[part])))
            self._qpos[world, self._part_qpos[part]] = pose

    def _clear_of_table(self, layout: Layout) -> np.ndarray:
        nominal = np.array(panda.RESET_JOINT_POSITIONS)
        for noise in layout.joint_noise:
            self._scratch.qpos[self._arm_qpos.numpy()] = nominal + noise
            mujoco.mj_kinematics(self.simulation.model, self._scratch)
            if self._scratch.site(panda.END_EFFECTOR_SITE).xpos[2] > LOWEST_FINGERTIPS:
                return nominal + noise
        return nominal

    def _command(self, worlds: Tensor, action: Tensor) -> None:
        command = action.to(torch.float64).nan_to_num(0.0).clamp(-1.0, 1.0)
        targets = self.arm.joint_targets(command[:, :3], matrix_from_sixd(command[:, 3:9]))
        grip = command[:, 9]
        switched = (grip.abs() > GRIPPER_DEADBAND) & (grip.sign() != self._gripper.sign())
        self._gripper = torch.where(switched, grip.sign(), self._gripper)
        self._ctrl[worlds, :7] = targets[worlds]
        self._ctrl[worlds, 7] = self._gripper[worlds]

    def _apply_pushes(self, worlds: Tensor) -> None:
        if not self.disturbance:
            return
        chunk_seconds = COUPLING_CHUNK * TIMESTEP
        wrench = self._pushes[worlds, self._steps[worlds]].to(torch.float64)
        self._wrench[worlds[:, None], self._part_bodies] = wrench * (PUSH_SECONDS / chunk_seconds)

    def _stop_pushes(self, worlds: Tensor) -> None:
        if self.disturbance:
            self._wrench[worlds[:, None], self._part_bodies] = 0.0

    def _finish_step(self, active: Tensor) -> Transition:
        faults = self.simulation.fault & ~self._done
        healthy = active[~faults[active]]
        position, rotation = self.leg_in_top()
        assembled = is_assembled(position, rotation) & ~self._done & ~faults
        needed = self.part_poses()[0][:, [_TOP, _LEG]]
        phase = phase_reached(needed[:, 1, 2], position, self.thread.engaged, assembled)
        self._phase[healthy] = torch.maximum(self._phase, phase)[healthy]
        self._success |= assembled
        self._observe(healthy)
        self._dump(faults)
        finished_now = assembled | faults | is_lost(needed)
        terminated = torch.where(self._done, True, finished_now)
        truncated = ~terminated & (self._steps >= MAX_EPISODE_STEPS)
        self._done = terminated | truncated
        return Transition(
            observation=self._observation.clone(),
            reward=assembled.to(torch.float32),
            terminated=terminated,
            truncated=truncated,
            success=self._success.clone(),
            phase=self._phase.clone(),
            fault=self.simulation.fault.clone(),
        )

    def _observe(self, worlds: Tensor) -> None:
        position, quaternion = self.body_poses()
        everything = spaces.observation(
            (self.arm.position, self.arm.matrix, self.arm.velocity()),
            self._qpos[:, self._finger_qpos].sum(-1, keepdim=True),
            position,
            quaternion,
        )
        self._observation[worlds] = everything[worlds]

    def _dump(self, faults: Tensor) -> None:
        for world in faults.nonzero().squeeze(-1).tolist():
            name = f"{SPEC.name}_seed{self._seeds[world]}_step{self._steps[world]}"
            self.simulation.dump_fault(world, self._fault_directory, name)
