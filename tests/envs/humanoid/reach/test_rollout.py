"""Trajectories followed to their ends, with every step noted."""

import numpy as np
import pytest
import torch
from torch import Tensor

from envs.humanoid.reach.references import APPROACH_SECONDS, HOLD_SECONDS
from envs.humanoid.reach.rollout import roll_out
from envs.humanoid.reach.sources import ListedSource
from envs.humanoid.tasks import reach
from envs.registry import make_teacher
from robolearn.errors import UserError
from robolearn.evaluation.controllers import PolicyController
from robolearn.paths import shipped_checkpoint
from robolearn.policies.registry import load_policy
from robolearn.retarget.retargeted import COLUMNS
from robolearn.retarget.trajectory import HandTrajectory


def _trajectory(frames: int, x: float = 0.25) -> HandTrajectory:
    position = np.tile([[x, 0.16, 0.85], [x, -0.16, 0.85]], (frames, 1, 1))
    quaternion = np.tile([1.0, 0.0, 0.0, 0.0], (frames, 2, 1))
    gripper = np.linspace(0.0, 1.0, frames)[:, None].repeat(2, 1)
    return HandTrajectory("1/2", 50.0, position, quaternion, gripper, "wave", {})


def test_every_step_from_the_first_frame_on_is_noted() -> None:
    trajectories = [_trajectory(20), _trajectory(12, x=0.30)]
    environment = reach(3, source=ListedSource(trajectories), num_threads=1)
    endings = roll_out(environment, make_teacher(environment, "mended"), trajectories)
    assert [len(ending.columns["action"]) for ending in endings] == [20, 12]
    for trajectory, ending in zip(trajectories, endings, strict=True):
        assert ending.phase == "following" and not ending.fault
        columns = ending.columns
        assert columns.keys() == COLUMNS.keys()
        assert all(np.isfinite(columns[name]).all() for name in columns)
        assert all(columns[name].shape[1] == COLUMNS[name].size for name in columns)
        np.testing.assert_allclose(np.linalg.norm(columns["observation.imu"][:, 3:], axis=1), 1.0, atol=1e-5)
        np.testing.assert_array_equal(columns["observation.imu"][:, 3:], columns["observation.pelvis"][:, 3:])
        assert np.median(columns["tracking_error"][:, :2]) < 0.08
        closed = columns["action"][-1, 14:28]
        assert np.abs(closed).max() > 1.0 and np.abs(columns["observation.state"][0, 29:]).max() == 0.0
        np.testing.assert_array_equal(columns["action"][:-1, 14:28], columns["observation.state"][1:, 29:])
        for name in ("action", "action.legs_and_waist"):
            np.testing.assert_array_equal(columns[name][-1], columns[name][-2])
        assert len(trajectory) == len(columns["action"])


class Counting(PolicyController):
    """Asks for a pelvis that is lower by a hundredth of a millimetre with every control step."""

    def __init__(self, num_envs: int) -> None:
        super().__init__(load_policy(shipped_checkpoint("g1_manager")), num_envs, seed=0)
        self.count = 0

    def act(self, observation: Tensor) -> Tensor:
        """A command (N, 4)."""
        command = torch.tensor([[0.0, 0.0, 0.0, 0.74 - 1e-5 * self.count]]).repeat(len(observation), 1)
        self.count += 1
        return command


def test_a_row_holds_the_action_that_is_taken_in_its_state() -> None:
    trajectories = [_trajectory(20)]
    environment = reach(1, source=ListedSource(trajectories), num_threads=1)
    ending = roll_out(environment, Counting(1), trajectories)[0]
    steps = np.rint((0.74 - ending.columns["action"][:, -1].astype(np.float64)) / 1e-5)
    lead = round((HOLD_SECONDS + APPROACH_SECONDS) / environment.control_period)
    np.testing.assert_array_equal(steps, [*range(lead, lead + 19), lead + 18])


def test_a_group_gives_the_same_whatever_its_threads() -> None:
    trajectories = [_trajectory(15), _trajectory(15, x=0.32)]
    found = []
    for threads in (1, 2):
        environment = reach(2, source=ListedSource(trajectories), num_threads=threads)
        found.append(roll_out(environment, make_teacher(environment, "mended"), trajectories))
    for one, other in zip(*found, strict=True):
        assert all(np.array_equal(one.columns[name], other.columns[name]) for name in COLUMNS)


def test_worlds_that_are_free_take_what_waits() -> None:
    trajectories = [_trajectory(15), _trajectory(9, x=0.32), _trajectory(12, x=0.30)]
    found = []
    for order in ((0, 1, 2), (2, 0, 1)):
        ordered = [trajectories[place] for place in order]
        environment = reach(2, source=ListedSource(ordered), num_threads=1)
        endings = roll_out(
            environment, PolicyController(load_policy(shipped_checkpoint("g1_manager")), 2, seed=0), ordered
        )
        found.append([endings[order.index(place)] for place in range(3)])
    for one, other in zip(*found, strict=True):
        assert one.phase == "following"
        # A world's place in the batch decides the last bits of networks' sums.
        assert all(np.allclose(one.columns[name], other.columns[name], atol=1e-3) for name in COLUMNS)


def test_unknown_teachers_are_named() -> None:
    environment = reach(1, num_threads=1)
    with pytest.raises(UserError, match="mended"):
        make_teacher(environment, "mendd")
