"""What counts as survived, completed, reached and spent."""

import math

import torch
from torch.nn.functional import pad

from envs.humanoid.tour.environment import TourEnvironment
from envs.humanoid.tour.protocol import EPISODE_STEPS, SEGMENT_STEPS
from robolearn.environment import Transition, episode_seeds

SEEDS = episode_seeds(7, 0, 2)


def environment() -> TourEnvironment:
    made = TourEnvironment(2, num_threads=1)
    made.record_figures()
    made.reset(SEEDS)
    return made


def standing(made: TourEnvironment, steps: int = 1) -> Transition:
    """Hold the stance."""
    return [made.step(pad(made.target[:, :15], (0, 1))) for _ in range(steps)][-1]


def test_survival_is_the_time_in_charge() -> None:
    made = environment()
    standing(made, 5)
    assert made.figures()["survival_s"].tolist() == [0.1, 0.1]
    assert not made.figures()["completed"].any()


def test_energy_is_the_absolute_power_of_all_joints_over_time() -> None:
    made, spent = environment(), torch.zeros(2)
    for _ in range(8):
        standing(made)
        spent += (made.state.torque * made.state.joint_velocity).abs().sum(1) * 0.02
    torch.testing.assert_close(1000.0 * made.figures()["energy_kj"].float(), spent)


def test_errors_are_taken_at_the_end_of_each_segment() -> None:
    made = environment()
    made.step_count[0] = SEGMENT_STEPS - 2
    made.step_count[1] = SEGMENT_STEPS // 2
    standing(made)
    assert bool(made.figures()["position_error_m"].isnan().all())
    standing(made)
    figures, place = made.figures(), made.simulation.view("qpos")[0, :2]
    waypoint = made.waypoints[0, 0]
    assert figures["targets"].tolist() == [1.0, 0.0]
    distance = (waypoint[:2] - place).norm()
    torch.testing.assert_close(figures["position_error_m"][0], distance, atol=1e-5, rtol=0.0)
    turn = (float(waypoint[2] - made.state.yaw[0]) + math.pi) % (2 * math.pi) - math.pi
    assert abs(float(figures["yaw_error_deg"][0]) - abs(math.degrees(turn))) < 1e-3
    made.step_count[0] = 2 * SEGMENT_STEPS - 1
    standing(made)
    second = (made.waypoints[0, 1, :2] - made.simulation.view("qpos")[0, :2]).norm()
    mean = (distance + second) / 2.0
    torch.testing.assert_close(made.figures()["position_error_m"][0], mean, atol=1e-5, rtol=0.0)


def test_who_stands_at_the_end_has_completed_the_tour() -> None:
    made = environment()
    made.step_count[0] = EPISODE_STEPS - 1
    transition = standing(made)
    assert transition.success.tolist() == transition.truncated.tolist() == [True, False]
    assert not transition.terminated.any() and not transition.phase.any()
    assert made.figures()["completed"].tolist() == [1.0, 0.0]
    assert made.figures()["targets"].tolist() == [1.0, 0.0]
    later = standing(made)
    assert later.done.tolist() == [True, False] and not later.success.any()
    assert made.figures()["survival_s"].tolist() == [0.02, 0.04]


def test_figures_begin_anew_with_an_episode() -> None:
    made = environment()
    standing(made, 3)
    made.reset(SEEDS[:1], torch.tensor([1]))
    assert made.figures()["survival_s"].tolist() == [0.06, 0.0]
    assert float(made.figures()["energy_kj"][1]) == 0.0


def test_without_recording_there_are_none() -> None:
    assert TourEnvironment(1, num_threads=1).figures() == {}
