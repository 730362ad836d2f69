"""When the physics of a world diverges, its episode ends, its neighbours go on, and it can be looked into."""

from pathlib import Path

import torch

from envs.assembly.one_leg import OneLegEnvironment
from robolearn.environment import Transition, episode_seeds

SEEDS = episode_seeds(3, 0, 4)


def environment(faults: Path) -> OneLegEnvironment:
    environment = OneLegEnvironment(4, randomness="high", num_threads=1, fault_directory=faults)
    environment.reset(SEEDS)
    return environment


def actions(step: int) -> torch.Tensor:
    """(4, 10), a hand pointing down that wanders."""
    action = torch.tensor([0.5, 0.0, 0.15, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0, -1.0]).repeat(4, 1)
    action[:, 1] = 0.05 * torch.arange(4) * (-1) ** step
    return action


def run(environment: OneLegEnvironment, first: int, last: int) -> Transition:
    return [environment.step(actions(step)) for step in range(first, last)][-1]


def test_a_diverged_world_ends_as_a_fault_and_the_others_do_not_notice(tmp_path: Path) -> None:
    broken, whole = environment(tmp_path), environment(tmp_path)
    run(broken, 0, 3)
    last = run(whole, 0, 3).observation
    broken.simulation.view("qvel")[2, 9:12] = torch.nan
    transition, expected = run(broken, 3, 4), run(whole, 3, 4)
    only = torch.tensor([False, False, True, False])
    assert torch.equal(transition.fault, only)
    assert torch.equal(transition.terminated, only)
    assert not transition.success.any() and not transition.truncated.any() and not transition.reward.any()
    assert torch.equal(transition.observation[2], last[2])
    assert torch.equal(transition.observation[~only], expected.observation[~only])
    later, expected = run(broken, 4, 6), run(whole, 4, 6)
    assert torch.equal(later.observation[~only], expected.observation[~only])
    assert torch.equal(later.observation[2], last[2])
    assert torch.equal(later.terminated, only)


def test_its_state_is_dumped_with_what_is_its_own_and_fails_again(tmp_path: Path) -> None:
    broken = environment(tmp_path)
    run(broken, 0, 3)
    broken.simulation.view("qvel")[2, 9:12] = torch.nan
    run(broken, 3, 4)
    path = tmp_path / f"one_leg_seed{SEEDS[2]}_step4.npz"
    assert list(tmp_path.iterdir()) == [path]
    replayed = OneLegEnvironment(1, num_threads=1).simulation
    replayed.replay_fault(path)
    assert torch.equal(replayed.expand("body_pos")[0], broken.simulation.expand("body_pos")[2])
    replayed.step(torch.tensor([0]), 1)
    assert replayed.fault.all()


def test_the_world_begins_the_next_episode_as_any_other(tmp_path: Path) -> None:
    broken, fresh = environment(tmp_path), environment(tmp_path)
    broken.simulation.view("qvel")[2, 9:12] = torch.nan
    assert run(broken, 0, 1).fault[2]
    world, seed = torch.tensor([2]), episode_seeds(3, 9, 1)
    assert torch.equal(broken.reset(seed, world)[2], fresh.reset(seed, world)[2])
    transition, expected = run(broken, 1, 4), run(fresh, 1, 4)
    assert not transition.fault.any() and not transition.done.any()
    assert torch.equal(transition.observation[2], expected.observation[2])
