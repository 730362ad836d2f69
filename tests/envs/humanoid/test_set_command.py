import torch
from torch.nn.functional import pad

from envs.humanoid.commands import STANDING_HEIGHT
from envs.humanoid.settings import CommandRanges
from envs.humanoid.worker import WorkerEnvironment
from envs.robots.g1.crouch import crouch_targets


def test_a_command_that_is_set_holds_on_through_episodes() -> None:
    often = CommandRanges(every_seconds=0.04)
    environment = WorkerEnvironment(2, randomness="none", num_threads=1, ranges=often)
    command = torch.tensor([[0.0, 0.0, 0.0, 0.5], [0.2, -0.1, 0.3, 0.7]])
    environment.set_command(command)
    for seed in (1, 2):
        observation = environment.reset(torch.tensor([seed, seed + 5]))
        torch.testing.assert_close(observation[:, 4], torch.full((2,), STANDING_HEIGHT))
        for _ in range(5):
            assert torch.equal(environment.command, command)
            torch.testing.assert_close(observation[:, :3], environment.shaper.gait.velocity)
            torch.testing.assert_close(observation[:, 3], command[:, 3])
            observation = environment.step(pad(crouch_targets(observation[:, 4])[:, :15], (0, 1))).observation


def test_a_command_set_during_an_episode_is_told_after_the_next_step() -> None:
    environment = WorkerEnvironment(1, randomness="none", num_threads=1)
    environment.set_command(torch.tensor([[0.0, 0.0, 0.0, 0.7]]))
    observation = environment.reset(torch.tensor([1]))
    environment.set_command(torch.tensor([[0.0, 0.0, 0.0, 0.5]]))
    observation = environment.step(pad(crouch_targets(observation[:, 4])[:, :15], (0, 1))).observation
    torch.testing.assert_close(observation[0, 3:5], torch.tensor([0.5, STANDING_HEIGHT - 0.005]))
