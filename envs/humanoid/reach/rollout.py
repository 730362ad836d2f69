"""Trajectories followed to their ends, every control step noted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from envs.humanoid.reach.environment import PHASES, ReachEnvironment
from envs.humanoid.reach.references import APPROACH_SECONDS, HOLD_SECONDS
from envs.robots.g1.constants import ARM_JOINTS, JOINTS
from robolearn.evaluation.controllers import Controller
from robolearn.retarget.grippers import finger_angles
from robolearn.retarget.retargeted import COLUMNS
from robolearn.retarget.trajectory import HandTrajectory

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
    environment: ReachEnvironment, controller: Controller, trajectories: Sequence[HandTrajectory]
) -> list[Ending]:
    """Run an episode of each trajectory: that at place i, by the environment's source, has the seed i.

    A world whose episode ends takes the next one.
    """
    worlds = _Worlds(environment, controller, trajectories)
    while worlds.running:
        worlds.step()
    return [worlds.endings[place] for place in range(len(trajectories))]


class _Worlds:
    """The episodes that are running, one a world.

    endings: of those that are over, by their places
    """

    def __init__(
        self, environment: ReachEnvironment, controller: Controller, trajectories: Sequence[HandTrajectory]
    ) -> None:
        self.endings: dict[int, Ending] = {}
        self._environment, self._controller = environment, controller
        self._recorder = _Recorder(environment, trajectories)
        self._waiting = iter(range(len(trajectories)))
        self._following = torch.full((environment.num_envs,), -1)
        self._start(range(environment.num_envs))

    @property
    def running(self) -> bool:
        """Whether an episode is."""
        return bool((self._following >= 0).any())

    def _start(self, free: Iterable[int]) -> None:
        """Begin episodes that wait in free worlds."""
        # Asked in this order, zip takes one that waits only where a world is free.
        started = list(zip(free, self._waiting, strict=False))
        if not started:
            return
        worlds, places = torch.tensor(started).unbind(1)
        self._following[worlds] = places
        self._observation = self._environment.reset(places, worlds)
        self._controller.reset(places, worlds)
        self._recorder.begin(worlds, places)

    def step(self) -> None:
        """Run one control period."""
        running = self._following >= 0
        transition = self._environment.step(self._controller.act(self._observation))
        self._observation = transition.observation
        self._recorder.note(running & ~transition.fault)
        ended = (running & transition.done).nonzero().flatten().tolist()
        for world in ended:
            self.endings[int(self._following[world])] = Ending(
                self._recorder.columns(world),
                PHASES[int(transition.phase[world])],
                bool(transition.fault[world]),
            )
        self._following[ended] = -1
        self._start(ended)


class _Recorder:
    """Rows of all worlds, from the first frame of their trajectories on."""

    def __init__(self, environment: ReachEnvironment, trajectories: Sequence[HandTrajectory]) -> None:
        self._environment = environment
        self._lead = round((HOLD_SECONDS + APPROACH_SECONDS) / environment.control_period)
        longest = max(len(trajectory) for trajectory in trajectories)
        worlds = environment.num_envs
        self._rows = {name: torch.zeros(longest, worlds, spec.size) for name, spec in COLUMNS.items()}
        self._count = torch.zeros(worlds, dtype=torch.int64)
        self._place = torch.zeros(worlds, dtype=torch.int64)
        self._fingers = torch.zeros(longest, len(trajectories), len(finger_angles(np.zeros((1, 2)))[0]))
        for place, trajectory in enumerate(trajectories):
            angles = torch.from_numpy(finger_angles(trajectory.gripper)).float()
            self._fingers[: len(angles), place] = angles

    def begin(self, worlds: Tensor, places: Tensor) -> None:
        """Worlds (K,) follow the trajectories at places (K,) from now on."""
        self._place[worlds], self._count[worlds] = places, 0

    def note(self, running: Tensor) -> None:
        """One control step of the worlds of the mask (N,) bool."""
        environment = self._environment
        row = environment.step_count - self._lead
        worlds = (running & (row >= 0)).nonzero().squeeze(1)
        if not len(worlds):
            return
        rows = row[worlds]
        fingers = self._fingers[rows, self._place[worlds]]
        for name, values in self._states(fingers, worlds).items():
            self._rows[name][rows, worlds] = values
        # An action belongs to the state that it was taken in; that of the last state is the one before it.
        for name, values in self._actions(fingers, worlds).items():
            for place in ((rows - 1).clamp(min=0), rows):
                self._rows[name][place, worlds] = values
        self._count[worlds] = rows + 1

    def _states(self, fingers: Tensor, worlds: Tensor) -> dict[str, Tensor]:
        environment, state = self._environment, self._environment.state
        pelvis = environment.pelvis[worlds]
        return {
            "observation.state": torch.cat((state.joint_position[worlds], fingers), 1),
            "observation.joint_velocity": state.joint_velocity[worlds],
            "observation.imu": torch.cat((state.angular_velocity_in_pelvis[worlds], pelvis[:, 3:]), 1),
            "observation.pelvis": pelvis,
            "tracking_error": torch.cat(environment.hand_errors(), 1)[worlds],
        }

    def _actions(self, fingers: Tensor, worlds: Tensor) -> dict[str, Tensor]:
        """That led to the states of now."""
        target, command = self._environment.target[worlds], self._environment.command[worlds]
        return {
            "action": torch.cat((target[:, _BODY:], fingers, command), 1),
            "action.legs_and_waist": target[:, :_BODY],
        }

    def columns(self, world: int) -> dict[str, NDArray[np.float32]]:
        """What was noted of one world."""
        count = int(self._count[world])
        return {name: rows[:count, world].numpy().copy() for name, rows in self._rows.items()}
