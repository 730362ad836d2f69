"""An episode of one_leg is determined by its seed: whatever ran before, and whatever runs beside it."""

import torch
from torch import Tensor

from envs.assembly.expert import OneLegExpert
from envs.assembly.one_leg import OneLegEnvironment
from envs.assembly.scene import OBSTACLE
from robolearn.environment import episode_seeds

STEPS = 45
"""Long enough for the fingers to reach between the obstacle's walls and touch the leg."""


def rollout(environment: OneLegEnvironment, seeds: Tensor, world: int, steps: int = STEPS) -> Tensor:
    """Observations of one world, (T, O), while the expert acts in all."""
    expert = OneLegExpert(environment)
    observation = environment.reset(seeds)
    expert.reset(seeds)
    observations = []
    for _ in range(steps):
        observations.append(observation[world])
        observation = environment.step(expert.act(observation)).observation
    return torch.stack(observations)


def test_an_episode_does_not_depend_on_earlier_ones_or_neighbours() -> None:
    seeds = episode_seeds(7, 0, 4)
    alone = rollout(OneLegEnvironment(1, randomness="high", disturbance=True, num_threads=1), seeds[3:], 0)
    batch = OneLegEnvironment(3, randomness="high", disturbance=True, num_threads=2)
    rollout(batch, seeds[:3], 0)
    later = rollout(batch, torch.cat([seeds[:1], seeds[3:], seeds[2:3]]), 1)
    assert torch.equal(alone, later)


def test_the_obstacle_stands_where_the_episode_puts_it() -> None:
    environment = OneLegEnvironment(2, randomness="high", num_threads=1)
    body = environment.simulation.model.body(OBSTACLE).id
    places = environment.simulation.view("xpos")[:, body]
    for first in (0, 2):
        environment.reset(episode_seeds(7, first, 2))
        assert torch.equal(places, environment.obstacle_position())
        environment.step(torch.zeros(2, environment.spec.action.size))
        assert torch.equal(places, environment.obstacle_position())
    one = environment.obstacle_position()[0].clone()
    environment.reset(episode_seeds(7, 9, 1), torch.tensor([1]))
    assert torch.equal(places[0], one)
    assert torch.equal(places, environment.obstacle_position())
    assert not torch.equal(places[0], places[1])
