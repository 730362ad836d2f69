"""The worker's task: episodes that depend on their seed alone, end on falls, and can be put back."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn.functional import pad

from envs.humanoid import snapshot
from envs.humanoid.commands import STANDING_HEIGHT
from envs.humanoid.settings import CommandRanges, Pushes
from envs.humanoid.worker import EPISODE_STEPS, WorkerEnvironment
from envs.robots.g1.constants import JOINTS, LEG_JOINTS
from envs.robots.g1.crouch import crouch_targets
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.policies.worker.action import owned_joints

SEEDS = episode_seeds(3, 0, 4)
PUSHES = Pushes(velocity=0.5, punch=300.0, punch_every=20)


def hold(environment: WorkerEnvironment, observation: Tensor) -> Tensor:
    """Hold the crouch of the height told, and ask for no step."""
    return pad(crouch_targets(observation[:, 4])[:, : len(environment.owned)], (0, 1))


def run(environment: WorkerEnvironment, seeds: Tensor, steps: int) -> Tensor:
    """Observations, (steps, N, O)."""
    observation = environment.reset(seeds)
    seen = []
    for _ in range(steps):
        observation = environment.step(hold(environment, observation)).observation
        seen.append(observation)
    return torch.stack(seen)


def test_an_episode_depends_on_its_seed_alone() -> None:
    together = run(WorkerEnvironment(4, disturbance=True, num_threads=2, pushes=PUSHES), SEEDS, 40)
    alone = run(WorkerEnvironment(1, disturbance=True, num_threads=1, pushes=PUSHES), SEEDS[2:3], 40)
    assert torch.equal(together[:, 2:3], alone)
    assert not torch.equal(together[:, 0], together[:, 1])


def test_a_world_that_starts_later_has_the_same_episode() -> None:
    environment = WorkerEnvironment(2, num_threads=1)
    observation = environment.reset(SEEDS[:2])
    for _ in range(7):
        observation = environment.step(hold(environment, observation)).observation
    observation = environment.reset(SEEDS[2:3], torch.tensor([1]))
    seen = []
    for _ in range(20):
        observation = environment.step(hold(environment, observation)).observation
        seen.append(observation[1])
    alone = run(WorkerEnvironment(1, num_threads=1), SEEDS[2:3], 20)
    assert torch.equal(torch.stack(seen), alone[:, 0])


def test_it_starts_upright_and_at_rest() -> None:
    environment = WorkerEnvironment(64, randomness="none", num_threads=1)
    observation = environment.reset(episode_seeds(1, 0, 64))
    command = observation[:, 3]
    assert 0.30 <= float(command.min()) < 0.4 and float(command.max()) < 0.7401
    upright = torch.full((64,), STANDING_HEIGHT)
    torch.testing.assert_close(environment.state.pelvis_height, upright, atol=3e-3, rtol=0.0)
    torch.testing.assert_close(observation[:, 4], upright)
    assert bool(environment.state.foot_contact.any(1).all())
    torch.testing.assert_close(environment.state.yaw_rate, torch.zeros(64))


def test_a_fall_ends_the_episode_and_nothing_moves_after_it() -> None:
    environment = WorkerEnvironment(2, randomness="none", num_threads=1)
    environment.reset(SEEDS[:2])
    limp = torch.zeros(2, 16)
    limp[:, [3, 9]] = 2.5
    transition, steps = environment.step(limp), 1
    while not transition.done.all():
        transition, steps = environment.step(limp), steps + 1
    assert bool(transition.terminated.all()) and not transition.success.any()
    assert transition.phase.tolist() == [1, 1] and not transition.fault.any()
    assert steps < 150
    before = environment.simulation.view("qpos").clone()
    again = environment.step(limp)
    assert again.reward.tolist() == [0.0, 0.0] and bool(again.done.all())
    assert torch.equal(environment.simulation.view("qpos"), before)


def test_standing_to_the_end_is_success() -> None:
    environment = WorkerEnvironment(1, randomness="none", num_threads=1)
    environment.difficulty.assistance[:] = 1.0
    environment.difficulty.arms[:] = 0.0
    still = CommandRanges(squats=0.0, stands=1.0)
    environment.ranges = still
    observation = environment.reset(SEEDS[:1])
    environment.step_count[:] = EPISODE_STEPS - 3
    ends = []
    for _ in range(3):
        transition = environment.step(hold(environment, observation))
        observation = transition.observation
        ends.append((bool(transition.truncated[0]), bool(transition.success[0])))
    assert ends == [(False, False), (False, False), (True, True)]


def test_a_diverged_world_is_a_fault_and_is_dumped(tmp_path: Path) -> None:
    environment = WorkerEnvironment(2, num_threads=1, fault_directory=tmp_path)
    observation = environment.reset(SEEDS[:2])
    environment.simulation.view("qvel")[1, 3] = float("nan")
    transition = environment.step(hold(environment, observation))
    assert transition.fault.tolist() == [False, True] and bool(transition.terminated[1])
    assert bool(transition.observation.isfinite().all()) and bool(transition.reward.isfinite().all())
    assert len(list(tmp_path.glob("*.npz"))) == 1


def test_the_episodes_go_on_from_a_snapshot_to_the_same_bytes() -> None:
    environment = WorkerEnvironment(3, disturbance=True, num_threads=1, pushes=PUSHES)
    environment.difficulty.assistance[:] = 0.7
    observation = environment.reset(SEEDS[:3])
    for _ in range(15):
        observation = environment.step(hold(environment, observation)).observation
    state = snapshot.take(environment)
    fresh = WorkerEnvironment(3, disturbance=True, num_threads=1, pushes=PUSHES)
    snapshot.put_back(fresh, state)
    other = observation.clone()
    for _ in range(15):
        first, second = (e.step(hold(e, o)) for e, o in ((environment, observation), (fresh, other)))
        observation, other = first.observation, second.observation
        assert torch.equal(observation, other)
        assert torch.equal(first.reward, second.reward)


def test_actions_move_the_owned_joints_and_somebody_else_the_rest() -> None:
    environment = WorkerEnvironment(1, randomness="none", num_threads=1)
    observation = environment.reset(SEEDS[:1])
    action = hold(environment, observation)
    action[0, 12] = 0.3
    environment.step(action)
    ctrl = environment.simulation.view("ctrl")[0]
    torch.testing.assert_close(ctrl[12].float(), torch.tensor(0.3))
    arms = torch.tensor([i for i, name in enumerate(JOINTS) if name not in environment.owned])
    before = ctrl[arms].clone()
    for _ in range(10):
        environment.step(action)
    assert float((environment.simulation.view("ctrl")[0, arms] - before).abs().max()) > 0.01


def test_the_legs_alone_leave_the_waist_to_somebody_else() -> None:
    environment = WorkerEnvironment(1, owned="legs", num_threads=1)
    assert (
        owned_joints(environment.spec.action) == list(LEG_JOINTS)
        and environment.spec.name == "g1_worker_legs"
    )


def test_targets_beyond_a_joints_limits_are_clamped() -> None:
    environment = WorkerEnvironment(1, randomness="none", num_threads=1)
    environment.reset(SEEDS[:1])
    environment.step(torch.full((1, 16), 9.0))
    upper = environment.simulation.model.jnt_range[1:16, 1]
    assert (environment.simulation.view("ctrl")[0, :15].numpy() <= upper + 1e-6).all()


def test_unknown_randomness_is_refused() -> None:
    with pytest.raises(UserError, match=r"ful.*full, none"):
        WorkerEnvironment(1, randomness="ful")
