"""A ring of residual transitions, sampled as n-step returns."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from robolearn.reinforcement.episodes import EpisodeStep


@dataclass
class NStepBatch:
    """B samples of up to n steps each.

    observation: (B, C + A + 1) residual observations
    executed: (B, A) normalised actions
    reward: (B,) discounted sum of the rewards up to the episode's end, the n-th step or the newest step
    discount: (B,) factor of the value at `bootstrap`; 0 where the episode terminated
    bootstrap: (B, C + A + 1) residual observations that the sums end in
    next_observation: (B, C + A + 1) one step after `observation`, also at an episode's last step
    """

    observation: Tensor
    executed: Tensor
    reward: Tensor
    discount: Tensor
    bootstrap: Tensor
    next_observation: Tensor

    @classmethod
    def joined(cls, parts: list["NStepBatch"]) -> "NStepBatch":
        """All samples of the parts, in order."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: torch.cat([getattr(part, name) for part in parts]) for name in names})


class Replay:
    """The last `capacity` steps of N worlds; step t of world w is entry [t, w] of every array."""

    def __init__(self, capacity: int, num_envs: int, observation_size: int, action_size: int) -> None:
        self.capacity = capacity
        self.num_envs = num_envs
        self.size = 0
        self._oldest = 0
        self._arrays = {
            "observation": torch.zeros(capacity, num_envs, observation_size),
            "next_observation": torch.zeros(capacity, num_envs, observation_size),
            "executed": torch.zeros(capacity, num_envs, action_size),
            "reward": torch.zeros(capacity, num_envs),
            "terminated": torch.zeros(capacity, num_envs, dtype=torch.bool),
            "truncated": torch.zeros(capacity, num_envs, dtype=torch.bool),
        }

    def add(self, observation: Tensor, executed: Tensor, step: EpisodeStep) -> None:
        """Store one step of all worlds; the oldest makes room when the ring is full."""
        row = (self._oldest + self.size) % self.capacity
        values = {
            "observation": observation,
            "next_observation": step.final_observation,
            "executed": executed,
            "reward": step.reward,
            "terminated": step.terminated,
            "truncated": step.truncated,
        }
        for name, value in values.items():
            self._arrays[name][row] = value
        if self.size < self.capacity:
            self.size += 1
        else:
            self._oldest = (self._oldest + 1) % self.capacity

    def sample(self, count: int, steps: int, discount: float, generator: torch.Generator) -> NStepBatch:
        """Draw `count` starts uniformly and sum `steps` rewards from each."""
        age = torch.randint(self.size, (count,), generator=generator)
        world = torch.randint(self.num_envs, (count,), generator=generator)
        return self.returns(age, world, steps, discount)

    def returns(self, age: Tensor, world: Tensor, steps: int, discount: float) -> NStepBatch:
        """N-step returns from given starts: ages (B,) count from the oldest step kept, worlds (B,)."""
        offsets = torch.arange(steps)
        reached = (age[:, None] + offsets < self.size).float()
        rows = (self._oldest + age[:, None] + offsets) % self.capacity
        terminated = self._arrays["terminated"][rows, world[:, None]]
        goes_on = (~(terminated | self._arrays["truncated"][rows, world[:, None]])).float()
        before = torch.cat([torch.ones(len(age), 1), goes_on[:, :-1]], dim=1)
        counted = torch.cumprod(before * reached, dim=1)
        reward = (counted * discount**offsets * self._arrays["reward"][rows, world[:, None]]).sum(dim=1)
        length = counted.sum(dim=1).long()
        last = rows.gather(1, length[:, None] - 1).squeeze(1)
        alive = (~self._arrays["terminated"][last, world]).float()
        first = rows[:, 0]
        return NStepBatch(
            observation=self._arrays["observation"][first, world],
            executed=self._arrays["executed"][first, world],
            reward=reward,
            discount=alive * discount**length,
            bootstrap=self._arrays["next_observation"][last, world],
            next_observation=self._arrays["next_observation"][first, world],
        )

    def state(self) -> dict[str, Tensor]:
        """The steps kept, oldest first."""
        rows = (self._oldest + torch.arange(self.size)) % self.capacity
        return {name: array[rows] for name, array in self._arrays.items()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Put back what `state` gave; samples drawn afterwards are the same."""
        self._oldest, self.size = 0, len(state["reward"])
        for name, array in self._arrays.items():
            array[: self.size] = state[name]
