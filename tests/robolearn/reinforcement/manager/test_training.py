"""A tiny training of the manager without a teacher: it resumes to the same bytes; what its episodes are."""

import dataclasses
from pathlib import Path

import pytest
import torch

from envs.humanoid.reach.environment import ReachEnvironment
from envs.humanoid.reach.faults import TrainingFaults
from envs.humanoid.reach.references import Hands, Reference
from envs.humanoid.tasks import reach
from robolearn.errors import UserError
from robolearn.policies.manager.manager_policy import ManagerPolicy
from robolearn.policies.manager.settings import ManagerNetworks
from robolearn.policies.registry import load_policy
from robolearn.reinforcement.manager.manager_episodes import ManagerEpisodes
from robolearn.reinforcement.manager.settings import ManagerOptimisation, ManagerPpoSettings
from robolearn.reinforcement.manager.train import train

SMALL = ManagerNetworks(hidden=[16], lags=[0, 2])
WORLDS = 3


def settings(out: Path, iterations: int, **changes: object) -> ManagerPpoSettings:
    made = ManagerPpoSettings(
        networks=SMALL,
        critic_hidden=[16],
        ppo=ManagerOptimisation(rollout_steps=6, minibatch_size=9, epochs=2),
        num_envs=WORLDS,
        total_steps=6 * WORLDS * iterations,
        num_threads=1,
        minutes=0.0,
        checkpoint_minutes=0.0,
        wandb="disabled",
        out=str(out),
    )
    return dataclasses.replace(made, **changes)  # pyright: ignore[reportArgumentType]


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    train(settings(tmp_path / "whole", 4))
    # Exploration narrows with the share of the budget, so the budget stays and the time is up instead.
    train(settings(tmp_path / "parts", 4, minutes=1e-9))
    train(settings(tmp_path / "parts", 4, resume=str(tmp_path / "parts")))
    whole, parts = (load_policy(tmp_path / run / "checkpoint").state_dict() for run in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[key], parts[key]) for key in whole)


def test_the_manager_comes_back_and_treats_left_and_right_alike(tmp_path: Path) -> None:
    assert train(settings(tmp_path, 2))["steps"] == 2 * 6 * WORLDS
    policy = load_policy(tmp_path)
    assert isinstance(policy, ManagerPolicy)
    frames = torch.randn(5, policy.spec.observation.size * len(SMALL.lags))
    kept, negated = policy.network.inputs(frames).split(policy.network.inputs.sizes, 1)
    mirrored = policy.network.inputs.join(kept, -negated)
    assert torch.allclose(policy(mirrored), policy.command_mirror.apply(policy(frames)), atol=1e-5)


def _resting(steps: int) -> ReachEnvironment:
    """Worlds whose references rest for so many control steps."""

    def still(seed: int, resting: Hands) -> Reference:
        hands = Hands(resting.position.repeat(steps, 1, 1), resting.quaternion.repeat(steps, 1, 1))
        return Reference(hands, torch.tensor((0.0, 0.0, 0.0, 0.74)).repeat(steps, 1))

    return reach(2, source=still, num_threads=1)


def test_an_episode_ends_on_what_it_led_to_and_the_next_forgets_it() -> None:
    environment = _resting(6)
    policy = ManagerPolicy(SMALL, environment.spec)
    episodes = ManagerEpisodes(environment, policy, 0)
    first = episodes.start()
    size = policy.spec.observation.size
    assert first.shape == (2, 2 * size) and torch.equal(first[:, :size], first[:, size:])
    action = policy.normalised(torch.tensor((0.0, 0.0, 0.0, 0.74))).expand(2, 4)
    seen = [first]
    step = episodes.step(action)
    while not bool(step.done.any()):
        seen.append(step.observation)
        step = episodes.step(action)
    assert bool(step.truncated.all()) and bool(step.success.all())
    # The frame of two control steps ago, beside the newest one.
    assert torch.equal(step.final_observation[:, size:], seen[-2][:, :size])
    assert torch.equal(step.observation[:, :size], step.observation[:, size:])
    assert not torch.equal(step.observation, step.final_observation)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"task": "one_leg"}, "g1_reach"),
        ({"walks": -0.5}, "walks=-0.5"),
        ({"ppo": ManagerOptimisation(epochs=0)}, r"ppo\.epochs"),
        ({"faults": TrainingFaults(command_every=0)}, r"faults\.command_every"),
    ],
)
def test_bad_settings_are_one_line(tmp_path: Path, changes: dict[str, object], line: str) -> None:
    with pytest.raises(UserError, match=line):
        train(settings(tmp_path, 1, **changes))
