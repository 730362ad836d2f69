"""Trajectories followed to their ends, every control step noted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from envs.humanoid.reach.environment import PHASES, ReachEnvironment
from envs.humanoid.reach.references import APPROACH_SECONDS, HOLD_SECONDS
from envs.robots.g1.constants import ARM_JOINTS, JOINTS
from robolearn.retarget.grippers import finger_angles
from robolearn.retarget.retargeted import COLUMNS
from robolearn.retarget.trajectory import HandTrajectory

Commander = Callable[[Tensor], Tensor]
"""Commands (N, 4) for observations (N, O) of all worlds."""

_BODY: Final = len(JOINTS) - len(ARM_JOINTS)


@dataclass(frozen=True)
class Ending:
    """How one world's episode went.

    columns: as `robolearn.retarget.retargeted.COLUMNS`, from the trajectory's first frame as far as it came
    phase: of `PHASES`: following where it reached the end
    fault: the physics diverged
    """

    columns: dict[str, NDArray[np.float32]]
    phase: str
    fault: bool


def roll_out(
    environment: ReachEnvironment, commander: Commander, trajectories: Sequence[HandTrajectory]
) -> list[Ending]:
    """Run an episode of each trajectory: that of world i, by the environment's source, has the seed i."""
    worlds = torch.arange(len(trajectories))
    recorder = _Recorder(environment, trajectories)
    observation = environment.reset(worlds, worlds)
    faults = torch.zeros(environment.num_envs, dtype=torch.bool)
    while not bool(environment.done[worlds].all()):
        running = ~environment.done
        transition = environment.step(commander(observation))
        observation = transition.observation
        faults |= transition.fault
        recorder.note(running & ~transition.fault)
    return [
        Ending(recorder.columns(world), PHASES[int(environment.phase[world])], bool(faults[world]))
        for world in worlds.tolist()
    ]


class _Recorder:
    """Rows of all worlds, beginning with the first frame of their trajectories."""

    def __init__(self, environment: ReachEnvironment, trajectories: Sequence[HandTrajectory]) -> None:
        self._environment = environment
        self._lead = round((HOLD_SECONDS + APPROACH_SECONDS) / environment.control_period)
        longest = max(len(trajectory) for trajectory in trajectories)
        worlds = environment.num_envs
        self._rows = {name: torch.zeros(longest, worlds, spec.size) for name, spec in COLUMNS.items()}
        self._count = torch.zeros(worlds, dtype=torch.int64)
        self._fingers = torch.zeros(longest, worlds, len(finger_angles(np.zeros((1, 2)))[0]))
        for world, trajectory in enumerate(trajectories):
            angles = torch.from_numpy(finger_angles(trajectory.gripper)).float()
            self._fingers[: len(angles), world] = angles

    def note(self, running: Tensor) -> None:
        """One control step of the worlds of the mask (N,) bool."""
        environment = self._environment
        row = environment.step_count - self._lead
        worlds = (running & (row >= 0)).nonzero().squeeze(1)
        if not len(worlds):
            return
        place = row[worlds]
        fingers = self._fingers[place, worlds]
        for name, values in self._values(fingers, worlds).items():
            self._rows[name][place, worlds] = values
        self._count[worlds] = place + 1

    def _values(self, fingers: Tensor, worlds: Tensor) -> dict[str, Tensor]:
        environment, state = self._environment, self._environment.state
        pelvis = environment.pelvis[worlds]
        position, target = state.joint_position[worlds], environment.target[worlds]
        return {
            "observation.state": torch.cat((position, fingers), 1),
            "observation.joint_velocity": state.joint_velocity[worlds],
            "observation.imu": torch.cat((state.angular_velocity_in_pelvis[worlds], pelvis[:, 3:]), 1),
            "observation.pelvis": pelvis,
            "action": torch.cat((target[:, _BODY:], fingers, environment.command[worlds]), 1),
            "action.legs_and_waist": target[:, :_BODY],
            "tracking_error": torch.cat(environment.hand_errors(), 1)[worlds],
        }

    def columns(self, world: int) -> dict[str, NDArray[np.float32]]:
        """What was noted of one world."""
        count = int(self._count[world])
        return {name: rows[:count, world].numpy().copy() for name, rows in self._rows.items()}
