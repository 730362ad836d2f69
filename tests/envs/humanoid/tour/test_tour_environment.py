"""The walking tour as a task: what it shows, who moves which joint, when it ends."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn.functional import pad

from envs.humanoid.sensing import measured
from envs.humanoid.settings import CommandRanges
from envs.humanoid.specification import OWNED
from envs.humanoid.tour.environment import TourEnvironment, worker_drive
from envs.humanoid.tour.protocol import COMMANDED_HEIGHT, SEGMENT_STEPS
from envs.humanoid.tour.robot import stance
from envs.humanoid.tour.waypoints import draw_waypoints, errors
from envs.humanoid.worker import WorkerEnvironment
from envs.humanoid.worker_training import make_worker
from envs.registry import make_environment
from envs.robots.g1.constants import JOINTS, holding_gains, kind_of
from envs.robots.g1.crouch import crouch_targets
from robolearn.environment import Transition, episode_seeds
from robolearn.errors import UserError
from robolearn.policies.agreement import require_agreement
from robolearn.policies.worker.command import CommandShaper
from robolearn.policies.worker.drive import Drive
from robolearn.policies.worker.observation import observation
from robolearn.policies.worker.settings import WorkerNetworks

CROUCH = pad(crouch_targets(torch.tensor([COMMANDED_HEIGHT]))[:, :15], (0, 1))


def follow(environment: TourEnvironment, seen: Tensor) -> Tensor:
    """Actions (N, 16) that depend on what is seen, row by row."""
    return CROUCH + 0.05 * seen[:, 7:10].sum(1, keepdim=True)


def rollout(environment: TourEnvironment, seeds: Tensor, world: int, steps: int) -> Tensor:
    """Observations of one world, (T, 71)."""
    seen, kept = environment.reset(seeds), []
    for _ in range(steps):
        kept.append(seen[world])
        seen = environment.step(follow(environment, seen)).observation
    return torch.stack(kept)


def test_an_episode_does_not_depend_on_earlier_ones_or_neighbours() -> None:
    seeds = episode_seeds(7, 0, 4)
    alone = rollout(TourEnvironment(1, num_threads=1), seeds[3:], 0, 60)
    batch = TourEnvironment(3, num_threads=2)
    rollout(batch, seeds[:3], 0, 9)
    later = rollout(batch, torch.cat((seeds[:1], seeds[3:], seeds[2:3])), 1, 60)
    assert torch.equal(alone, later)


def test_a_world_that_begins_later_has_the_same_episode() -> None:
    seeds = episode_seeds(7, 0, 3)
    alone = rollout(TourEnvironment(1, num_threads=1), seeds[2:], 0, 30)
    batch = TourEnvironment(2, num_threads=1)
    seen = batch.reset(seeds[:2])
    for _ in range(7):
        seen = batch.step(follow(batch, seen)).observation
    seen, kept = batch.reset(seeds[2:], torch.tensor([1])), []
    for _ in range(30):
        kept.append(seen[1])
        seen = batch.step(follow(batch, seen)).observation
    assert torch.equal(alone, torch.stack(kept))


def test_a_workers_checkpoint_means_the_same_by_its_vectors() -> None:
    tour, worker = TourEnvironment(1, num_threads=1), WorkerEnvironment(1, num_threads=1)
    require_agreement(worker.spec, tour.spec, "worker")
    assert tour.spec.max_episode_steps == 4500 and tour.spec.phases == ("standing", "fallen")
    policy = make_worker(tour.spec, WorkerNetworks(hidden=[8]))
    policy.reset(num_envs=1)
    seen = tour.reset(episode_seeds(7, 0, 1))
    for _ in range(3):
        seen = tour.step(policy.act(seen)).observation
    assert bool(seen.isfinite().all())


def test_the_policy_sees_the_shaped_command_and_exact_measurements() -> None:
    environment = TourEnvironment(2, num_threads=1, height=0.5)
    seen = environment.reset(episode_seeds(7, 0, 2))
    shaper = CommandShaper(2, 0.02)
    shaper.reset(torch.arange(2), torch.full((2,), 0.5))
    for _ in range(4):
        expected = observation(environment.command, shaper.gait, measured(environment.state))
        assert torch.equal(seen, expected) and torch.equal(seen[:, 3], torch.full((2,), 0.5))
        seen = environment.step(CROUCH.repeat(2, 1)).observation
        shaper.step(environment.command, CROUCH[:, -1].expand(2))
    assert bool(shaper.gait.moving.all())


def test_the_command_leads_to_the_segments_waypoint() -> None:
    environment, seeds = TourEnvironment(2, num_threads=1), episode_seeds(7, 0, 2)
    environment.reset(seeds)
    ranges = CommandRanges()
    for step in (0, SEGMENT_STEPS):
        segment = step // SEGMENT_STEPS
        place = environment.simulation.view("qpos")[:, :2].float()
        way, turn = errors(place, environment.state.yaw, draw_waypoints(seeds)[:, segment])
        torch.testing.assert_close(
            environment.command[:, 0], (1.5 * way[:, 0]).clamp(ranges.backward, ranges.forward)
        )
        torch.testing.assert_close(
            environment.command[:, 1], (1.5 * way[:, 1]).clamp(-ranges.sideways, ranges.sideways)
        )
        torch.testing.assert_close(
            environment.command[:, 2], (1.5 * turn).clamp(-ranges.yaw_rate, ranges.yaw_rate)
        )
        environment.step_count[:] = SEGMENT_STEPS - 1
        environment.step(CROUCH.repeat(2, 1))


@pytest.mark.parametrize("shaped", [True, False])
def test_other_policies_are_told_the_command_at_once(shaped: bool) -> None:
    environment = TourEnvironment(2, num_threads=1, drive=replace(worker_drive(), shaped=shaped))
    environment.reset(episode_seeds(7, 0, 2))
    seen = environment.step(CROUCH.repeat(2, 1)).observation
    told = environment.shaper.gait.velocity if shaped else environment.command[:, :3]
    assert torch.equal(seen[:, :3], told)
    assert torch.equal(environment.shaper.gait.velocity, environment.command[:, :3]) is False


def test_control_runs_at_50_hertz_from_the_stance() -> None:
    environment = TourEnvironment(1, num_threads=1)
    environment.reset(episode_seeds(7, 0, 1))
    begin = float(environment.simulation.data(0).time)
    assert environment.state.pelvis_height.tolist() == pytest.approx([0.793])
    environment.step(CROUCH)
    assert float(environment.simulation.data(0).time) - begin == pytest.approx(0.02)
    assert environment.simulation.substeps == 10


def targets(environment: TourEnvironment, action: Tensor) -> dict[str, float]:
    """Of every joint after one step."""
    environment.reset(episode_seeds(7, 0, 1))
    environment.step(action)
    ctrl, model = environment.simulation.view("ctrl")[0], environment.simulation.model
    return {name: float(ctrl[model.actuator(name).id]) for name in JOINTS}


def test_the_policy_moves_legs_and_waist_and_the_tour_the_arms() -> None:
    found = targets(TourEnvironment(1, num_threads=1), torch.linspace(-0.2, 0.2, 16)[None])
    for name, value in zip(OWNED["legs_and_waist"], torch.linspace(-0.2, 0.2, 16).tolist(), strict=False):
        if name != "left_knee_joint":
            assert found[name] == pytest.approx(value)
    assert found["left_elbow_joint"] == found["right_elbow_joint"] != 0.0


def test_gains_are_the_policys_own_and_the_holding_ones() -> None:
    given = Drive({"left_knee_joint": 77.0}, {"left_knee_joint": 7.0}, worker_drive().limits)
    for drive, own in ((None, OWNED["legs_and_waist"]), (given, ("left_knee_joint",))):
        model = TourEnvironment(1, num_threads=1, drive=drive).simulation.model
        for name in JOINTS:
            gains = kind_of(name).gains if name in own else holding_gains(name)
            stiffness = 77.0 if drive is given and name in own else gains.stiffness
            assert model.actuator(name).gainprm[0] == pytest.approx(stiffness)


def test_joints_that_a_policy_leaves_are_held_in_the_stance() -> None:
    drive = Drive({"left_knee_joint": 77.0}, {"left_knee_joint": 7.0}, worker_drive().limits)
    found = targets(TourEnvironment(1, num_threads=1, drive=drive), torch.full((1, 16), 0.9))
    assert found["left_knee_joint"] == pytest.approx(0.9)
    held = dict(zip(JOINTS, stance().tolist(), strict=True))
    assert found["right_knee_joint"] == pytest.approx(held["right_knee_joint"])
    assert found["waist_yaw_joint"] == 0.0


def test_targets_stay_within_limits_unless_the_policy_wants_more() -> None:
    worker = worker_drive()
    free = Drive(worker.stiffness, worker.damping, worker.limits, within_limits=False)
    for drive, expected in ((worker, 0.5236), (free, 0.9)):
        found = targets(TourEnvironment(1, num_threads=1, drive=drive), torch.full((1, 16), 0.9))
        assert found["left_ankle_pitch_joint"] == pytest.approx(expected)


def lie(environment: TourEnvironment, height: float) -> Transition:
    """Put the first world's robot on its back in the air, and run a step."""
    environment.reset(episode_seeds(7, 0, 2))
    qpos = environment.simulation.view("qpos")
    qpos[0, 2], qpos[0, 3:7] = height, torch.tensor([0.5**0.5, 0.0, -(0.5**0.5), 0.0])
    return environment.step(CROUCH.repeat(2, 1))


def test_fallen_is_a_pelvis_below_20_cm_and_nothing_else() -> None:
    environment = TourEnvironment(2, num_threads=1)
    assert not lie(environment, 0.6).done.any()
    transition = lie(environment, 0.19)
    assert transition.terminated.tolist() == [True, False] and transition.phase.tolist() == [1, 0]
    assert not transition.success.any() and not transition.truncated.any() and not transition.fault.any()
    last = transition.observation
    later = environment.step(CROUCH.repeat(2, 1))
    assert later.terminated.tolist() == [True, False] and not later.reward.any()
    assert torch.equal(later.observation[0], last[0]) and not torch.equal(later.observation[1], last[1])


def test_a_diverged_world_ends_as_a_fault(tmp_path: Path) -> None:
    environment = TourEnvironment(2, num_threads=1, fault_directory=tmp_path)
    environment.reset(episode_seeds(7, 0, 2))
    environment.simulation.view("qvel")[1, 9] = torch.nan
    transition = environment.step(CROUCH.repeat(2, 1))
    assert transition.fault.tolist() == transition.terminated.tolist() == [False, True]
    assert transition.phase.tolist() == [0, 1] and bool(transition.observation.isfinite().all())
    assert [path.name for path in tmp_path.iterdir()] == [f"g1_tour_{int(episode_seeds(7, 1, 1))}.npz"]
    environment.reset(episode_seeds(7, 1, 1), torch.tensor([1]))
    assert not environment.step(CROUCH.repeat(2, 1)).fault.any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"randomness": "full"}, "unknown randomness 'full': valid are none; did you mean 'none'"),
        ({"height": 0.9}, "height=0.9 is not valid: choose 0.3 to 0.74"),
        (
            {"drive": Drive({"left_kne_joint": 1.0}, {}, worker_drive().limits)},
            "did you mean 'left_knee_joint'",
        ),
    ],
)
def test_bad_options_are_one_line(options: dict, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        TourEnvironment(1, num_threads=1, **options)
    assert "\n" not in str(caught.value)


def test_the_registry_makes_it() -> None:
    made = make_environment("g1_tour", 1, randomness="none", disturbance=True, num_threads=1)
    assert isinstance(made, TourEnvironment)
