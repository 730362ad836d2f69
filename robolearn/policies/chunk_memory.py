"""What a chunked policy remembers of each world: the chunk it is carrying out, and how far it is."""

import torch
from torch import Tensor


class ChunkMemory:
    """Chunks of N worlds. A world without a chunk, or through with it, is `empty`.

    chunk: (N, H, A) normalised actions; cursor: (N,) actions carried out; filled: (N,) bool, ever planned
    """

    def __init__(
        self, num_envs: int, horizon: int, action_size: int, executed: int, device: torch.device
    ) -> None:
        """executed: actions of each chunk that are carried out, at most `horizon`."""
        self.executed = executed
        self.chunk = torch.zeros(num_envs, horizon, action_size, device=device)
        self.cursor = torch.full((num_envs,), executed, dtype=torch.int64, device=device)
        self.filled = torch.zeros(num_envs, dtype=torch.bool, device=device)

    def __len__(self) -> int:
        return len(self.cursor)

    def clear(self, env_ids: Tensor | None) -> None:
        """Forget the named worlds, (K,) int64, or all."""
        named = slice(None) if env_ids is None else env_ids
        self.cursor[named] = self.executed
        self.filled[named] = False
        self.chunk[named] = 0.0

    def put(self, env_ids: Tensor, chunk: Tensor) -> None:
        """Begin new chunks (K, H, A) in the named worlds."""
        self.chunk[env_ids] = chunk
        self.cursor[env_ids] = 0
        self.filled[env_ids] = True

    def draft(self, env_ids: Tensor) -> Tensor:
        """What is left of the last chunks, its last action repeated to the full horizon, (K, H, A)."""
        left = self.chunk[env_ids, self.executed :]
        last = self.chunk[env_ids, -1:].expand(-1, self.executed, -1)
        return torch.cat([left, last], dim=1)

    def pop(self, env_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Next actions (K, A) of worlds that are not empty, and their places in the chunk, (K,) in [0, 1)."""
        cursor = self.cursor[env_ids]
        self.cursor[env_ids] += 1
        return self.chunk[env_ids, cursor], cursor / self.executed

    def state(self) -> dict[str, Tensor]:
        """Copies of everything."""
        return {name: getattr(self, name).clone() for name in ("chunk", "cursor", "filled")}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        self.chunk, self.cursor, self.filled = (
            state[name].to(self.chunk.device, copy=True) for name in ("chunk", "cursor", "filled")
        )
