"""A chunked base policy for the point mass: heads for a displaced goal, in chunks of four."""

import torch
from torch import Tensor

CHUNK = 4


class Halver:
    """A normaliser: the raw range is [-2, 2]."""

    def normalise(self, value: Tensor) -> Tensor:
        return value / 2.0

    def unnormalise(self, value: Tensor) -> Tensor:
        return value * 2.0


class FakeBase:
    """Queues the displaced goal, so it misses the goal by `bias` [m] on both axes."""

    def __init__(self, bias: float = 0.08) -> None:
        self.observation_normaliser = Halver()
        self.action_normaliser = Halver()
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

    def memory(self) -> dict[str, Tensor]:
        return {"queue": self.queue.clone(), "cursor": self.cursor.clone()}

    def set_memory(self, memory: dict[str, Tensor]) -> None:
        self.queue, self.cursor = memory["queue"].clone(), memory["cursor"].clone()

    def act(self, observation: Tensor) -> Tensor:
        return self.action_normaliser.unnormalise(self.base_action(observation)[0])
