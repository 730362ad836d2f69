"""When, where and how hard the robot is punched."""

import math

import mujoco
import numpy as np
import pytest
import torch

from envs.humanoid.tour import environment as tour
from envs.humanoid.tour.environment import TourEnvironment
from envs.humanoid.tour.protocol import SEGMENT_STEPS
from envs.humanoid.tour.punches import Puncher, ceiling, draw_punches, is_due
from envs.robots.g1.constants import JOINTS
from robolearn.environment import episode_seeds


def test_each_segment_has_one_punch_of_80_ms_a_tenth_of_a_second_after_its_start() -> None:
    due = is_due(torch.arange(3 * SEGMENT_STEPS)).view(3, SEGMENT_STEPS)
    assert torch.equal(due[0], due[1]) and torch.equal(due[1], due[2])
    assert (due[0].nonzero().squeeze(1) / 50).tolist() == torch.tensor([0.1, 0.12, 0.14, 0.16]).tolist()


def test_the_ceiling_rises_from_a_third_to_500_newton_at_60_seconds() -> None:
    found = ceiling(torch.arange(18))
    assert found.max() == 500.0
    torch.testing.assert_close(found[0], torch.tensor(500.0 / 3.0))
    torch.testing.assert_close(found[12:], torch.full((6,), 500.0))
    torch.testing.assert_close(found[1:13] - found[:12], torch.full((12,), 500.0 * 2.0 / 3.0 / 12.0))


def test_forces_are_half_to_all_of_the_ceiling_in_any_direction_on_any_joint() -> None:
    seeds, segment = episode_seeds(7, 0, 4000), torch.full((4000,), 3)
    joint, force = draw_punches(seeds, segment)
    size = force.double().norm(dim=1) / float(ceiling(segment[:1]))
    deviation = 4.0 / math.sqrt(len(seeds))
    assert 0.5 <= float(size.min()) < 0.51 and 0.99 < float(size.max()) <= 1.0 + 1e-6
    assert abs(float(size.mean()) - 0.75) < deviation / math.sqrt(48)
    direction = force.double() / force.double().norm(dim=1, keepdim=True)
    assert float(direction.mean(0).abs().max()) < deviation / math.sqrt(3)
    assert float((direction.square().mean(0) - 1.0 / 3.0).abs().max()) < deviation
    counts = torch.bincount(joint, minlength=len(JOINTS))
    assert len(counts) == 29 and int(counts.min()) > 0.6 * 4000 / 29


def test_punches_differ_between_segments_and_follow_from_the_seed() -> None:
    seeds = episode_seeds(7, 0, 3)
    _, first = draw_punches(seeds, torch.tensor([4, 5, 6]))
    _, alone = draw_punches(seeds[1:2], torch.tensor([5]))
    _, later = draw_punches(seeds[1:2], torch.tensor([6]))
    assert torch.equal(first[1:2], alone) and not torch.equal(alone, later)


def test_the_force_acts_at_the_joints_anchor() -> None:
    environment = TourEnvironment(2, num_threads=1)
    environment.reset(episode_seeds(7, 0, 2))
    joint, force = torch.tensor([JOINTS.index("left_elbow_joint")]), torch.tensor([[10.0, -20.0, 30.0]])
    Puncher(environment.simulation).apply(torch.tensor([1]), joint, force)
    data, model = environment.simulation.data(1), environment.simulation.model
    mujoco.mj_forward(model, data)
    body = model.joint("left_elbow_joint").bodyid[0]
    lever = data.joint("left_elbow_joint").xanchor - data.xipos[body]
    expected = np.concatenate((force[0], np.cross(lever, force[0])))
    wrenches = environment.simulation.view("xfrc_applied")
    np.testing.assert_allclose(wrenches[1, body], expected, atol=1e-9)
    assert int((wrenches != 0).any(2).sum()) == 1


def pushed_steps(environment: TourEnvironment, steps: int) -> list[int]:
    """Control steps of the first world in which something pushes its links."""
    environment.reset(episode_seeds(7, 0, environment.num_envs))
    found, action = [], torch.zeros(environment.num_envs, 16)
    for step in range(steps):
        environment.step(action)
        if bool(environment.simulation.view("xfrc_applied")[0].any()):
            found.append(step)
    return found


def test_punches_come_when_they_are_due_and_only_where_disturbance_is_on() -> None:
    assert pushed_steps(TourEnvironment(1, num_threads=1), 12) == [5, 6, 7, 8]
    assert pushed_steps(TourEnvironment(1, disturbance=False, num_threads=1), 12) == []


def test_a_punch_of_no_force_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def harmless(seeds: torch.Tensor, segment: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.zeros(len(seeds), dtype=torch.int64), torch.zeros(len(seeds), 3)

    monkeypatch.setattr(tour, "draw_punches", harmless)
    calm, disturbed = (TourEnvironment(1, disturbance=punches, num_threads=1) for punches in (False, True))
    for environment in (calm, disturbed):
        pushed_steps(environment, 12)
    np.testing.assert_array_equal(calm.simulation.batch.state, disturbed.simulation.batch.state)
