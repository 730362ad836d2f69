"""Training samples: one observation, and the window of actions that begins with it."""

from collections.abc import Mapping

import torch
from torch import Tensor

from robolearn.data.demonstrations import Demonstrations
from robolearn.errors import UserError

ACTION_WINDOW = 32
"""Control steps that a policy predicts at once (KORR A.4: observation horizon 1, prediction horizon 32)."""


class ActionWindows:
    """The window of actions that begins with each step of some demonstrations.

    A window that reaches beyond its episode repeats the episode's last action.
    """

    def __init__(self, demonstrations: Demonstrations, window: int = ACTION_WINDOW) -> None:
        if window < 1:
            raise UserError(f"action window {window} is not valid: it takes at least 1 step")
        self.observation = demonstrations.observation
        self.action = demonstrations.action
        self._ahead = torch.arange(window, device=self.action.device)
        starts = demonstrations.episode_starts.to(self.action.device)
        self._last = (starts[1:] - 1).repeat_interleave(starts.diff())

    def __len__(self) -> int:
        return len(self.observation)

    def batch(self, steps: Tensor) -> tuple[Tensor, Tensor]:
        """Observations, (B, O), and windows, (B, window, A), of the steps (B,) int64."""
        ahead = torch.minimum(steps[:, None] + self._ahead, self._last[steps, None])
        return self.observation[steps], self.action[ahead]


class ChunkSampler:
    """Endless batches: every step of the demonstrations once an epoch, in a new order each time.

    The order depends on the seed alone. Two samplers over equal demonstrations with equal `state` give equal
    batches from there on. An epoch's last batch may be smaller.
    """

    def __init__(
        self, demonstrations: Demonstrations, batch_size: int, seed: int, window: int = ACTION_WINDOW
    ) -> None:
        if batch_size < 1:
            raise UserError(f"batch_size={batch_size} is not valid: it takes at least 1")
        self.batch_size = batch_size
        self.windows = ActionWindows(demonstrations, window)
        self._generator = torch.Generator().manual_seed(seed)
        self._begin_epoch()

    @property
    def batches_per_epoch(self) -> int:
        """Batches until every step was seen once."""
        return -(-len(self.windows) // self.batch_size)

    def __iter__(self) -> "ChunkSampler":
        return self

    def __next__(self) -> tuple[Tensor, Tensor]:
        """Observations, (B, O), and the windows of actions that begin there, (B, window, A)."""
        if self._cursor >= len(self._order):
            self._begin_epoch()
        steps = self._order[self._cursor : self._cursor + self.batch_size]
        self._cursor += len(steps)
        return self.windows.batch(steps.to(self.windows.action.device))

    def state(self) -> dict[str, Tensor]:
        """What the next batches depend on, to be saved with the training state."""
        return {"generator": self._epoch_state.clone(), "cursor": torch.tensor(self._cursor)}

    def set_state(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what `state` returned. Raises UserError when it does not fit the demonstrations."""
        cursor = int(state["cursor"])
        if not 0 <= cursor <= len(self.windows):
            raise UserError(f"place {cursor} of the sampler is outside the {len(self.windows)} steps")
        self._generator.set_state(state["generator"])
        self._begin_epoch()
        self._cursor = cursor

    def _begin_epoch(self) -> None:
        # The permutation itself need not be saved: it follows from the generator as it is here.
        self._epoch_state = self._generator.get_state()
        self._order = torch.randperm(len(self.windows), generator=self._generator)
        self._cursor = 0
