"""A chunked base policy for the point mass and small networks that refine it."""

import torch
from torch import Tensor, nn

from robolearn.policies.policy import NORMALISED_LIMIT
from robolearn.policies.residual import ResidualActor, ResidualConfig
from robolearn.reinforcement.residual.residual_environment import (
    Correction,
    ResidualEnvironment,
    ResidualLayout,
)
from toy_environment import POINT_MASS, PointMassEnvironment

CHUNK = 4


class Halver:
    """A normaliser: the raw range is [-2, 2]."""

    def normalise(self, value: Tensor) -> Tensor:
        return value / 2.0

    def unnormalise(self, value: Tensor) -> Tensor:
        return value * 2.0


class FakeBase:
    """Queues the displaced goal for the next chunk, so it misses the goal by `bias` [m] on both axes."""

    def __init__(self, bias: float = 0.08) -> None:
        self.action_normaliser = Halver()
        self.context_size = POINT_MASS.observation.size
        self.bias = bias
        self.queue = torch.zeros(0, CHUNK, 2)
        self.cursor = torch.zeros(0, dtype=torch.int64)

    def reset(self, env_ids: Tensor | None = None, num_envs: int | None = None) -> None:
        if num_envs is not None and num_envs != len(self.cursor):
            self.queue = torch.zeros(num_envs, CHUNK, 2)
            self.cursor = torch.full((num_envs,), CHUNK)
        self.cursor[slice(None) if env_ids is None else env_ids] = CHUNK

    def base_action(self, observation: Tensor, env_ids: Tensor | None = None) -> tuple[Tensor, Tensor]:
        ids = torch.arange(len(self.cursor)) if env_ids is None else env_ids
        empty = self.cursor[ids] == CHUNK
        goal = (observation[empty, 4:6] + self.bias) / 2.0
        self.queue[ids[empty]] = goal[:, None].expand(-1, CHUNK, -1)
        self.cursor[ids[empty]] = 0
        action, phase = self.queue[ids, self.cursor[ids]], self.cursor[ids] / CHUNK
        self.cursor[ids] += 1
        return action, phase

    def context(self, observation: Tensor) -> Tensor:
        return (observation / 2.0).clamp(-NORMALISED_LIMIT, NORMALISED_LIMIT)

    def memory(self) -> dict[str, Tensor]:
        return {"queue": self.queue.clone(), "cursor": self.cursor.clone()}

    def set_memory(self, memory: dict[str, Tensor]) -> None:
        self.queue, self.cursor = memory["queue"].clone(), memory["cursor"].clone()

    def act(self, observation: Tensor) -> Tensor:
        return self.action_normaliser.unnormalise(self.base_action(observation)[0])


class FakeActor(ResidualActor):
    """Zero residual at first; a linear model stands in for the Koopman model."""

    def __init__(self, bounded: bool = False) -> None:
        super().__init__(ResidualConfig("fake", 6, 2, bounded=bounded))
        self.hidden = nn.Linear(8, 32)
        self.head = nn.Linear(32, 2)
        self.model = nn.Linear(8, 6)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def _mean(self, observation: Tensor, base_action: Tensor, goal: Tensor | None) -> Tensor:
        return self.head(torch.tanh(self.hidden(torch.cat([observation, base_action], dim=1))))

    def koopman_loss(self, observation: Tensor, executed: Tensor, next_observation: Tensor) -> Tensor:
        predicted = self.model(torch.cat([observation, executed], dim=1))
        return (predicted - next_observation).square().mean()


class FakeCritic(nn.Module):
    """A small value function."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, observation: Tensor, base_action: Tensor) -> Tensor:
        return self.layers(torch.cat([observation, base_action], dim=1)).squeeze(1)


LAYOUT = ResidualLayout(POINT_MASS.observation.size, POINT_MASS.action.size)


def point_mass_correction(bias: float = 0.08, action_scale: float = 0.1) -> Correction:
    return Correction(FakeBase(bias), LAYOUT, action_scale)


def point_mass_worlds(num_envs: int = 32, bias: float = 0.08, seed_stream: int = 5) -> ResidualEnvironment:
    return ResidualEnvironment(PointMassEnvironment(num_envs), point_mass_correction(bias), seed_stream)
