"""A worker without hidden state: what it remembers goes in and comes out as one tensor."""

import torch
from torch import Tensor, nn

from robolearn.policies.worker.worker_policy import WorkerPolicy


class WorkerGraph(nn.Module):
    """One control step of a worker.

    A memory (N, M) of zeros begins an episode; afterwards each step takes the one that the step before gave.
    Its entries: 1 where an episode is under way, the waist's strain, the last effort, and the earlier frames,
    newest first.
    """

    def __init__(self, policy: WorkerPolicy) -> None:
        super().__init__()
        self.policy = policy
        self._actions, self._frame = policy.output_size, policy.frame_size
        self._remembered = max(policy.config.stacked_lags)

    @property
    def memory_size(self) -> int:
        """Entries M of a memory."""
        return 2 + self._actions + self._remembered * self._frame

    def forward(self, observation: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """The action (N, A + 1) and the next memory, of raw observations (N, O) and memory (N, M)."""
        sizes = [1, 1, self._actions, self._remembered * self._frame]
        under_way, strain, last_effort, remembered = memory.split(sizes, 1)
        observation = self.policy.told(observation, strain[:, 0])
        frame = self.policy.frame(observation, last_effort)
        older = torch.where(under_way > 0.5, remembered, frame.repeat(1, self._remembered))
        frames = torch.cat((frame, older), 1)
        size = self._frame
        seen = [frames[:, lag * size : (lag + 1) * size] for lag in self.policy.config.stacked_lags]
        parts = self.policy.network.split(torch.cat(seen, 1))
        estimate = self.policy.network.estimate(parts)
        output = self.policy.network.act(parts, estimate)
        decision = self.policy.decide(observation, estimate, output)
        strained = self.policy.waist_limit.following(strain[:, 0], estimate)[:, None]
        newest = frames[:, : self._remembered * size]
        following = (torch.ones_like(under_way), strained, decision.effort, newest)
        return decision.action, torch.cat(following, 1)
