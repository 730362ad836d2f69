"""What the worker remembers of each world: the last control steps, each with the action before it."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor


class FrameMemory:
    """Frames of N worlds; stacked, the newest comes first."""

    def __init__(
        self, num_worlds: int, size: int, lags: Sequence[int], device: torch.device | str = "cpu"
    ) -> None:
        """size: entries F of a frame; lags: control steps back of the frames that are stacked."""
        self.lags = tuple(lags)
        self.frames = torch.zeros(max(self.lags) + 1, num_worlds, size, device=device)
        self._fresh = torch.ones(num_worlds, dtype=torch.bool, device=device)

    def forget(self, worlds: Tensor) -> None:
        """The next frame of the named worlds, (K,) int64, fills all of their memory."""
        self._fresh[worlds] = True

    def push(self, frame: Tensor) -> Tensor:
        """Remember frames (N, F); returns the stack (N, L x F)."""
        self.frames = torch.cat((frame[None], self.frames[:-1]))
        if bool(self._fresh.any()):
            self.frames[:, self._fresh] = frame[self._fresh]
            self._fresh[:] = False
        return torch.cat([self.frames[lag] for lag in self.lags], 1)

    def replace(self, worlds: Tensor, frame: Tensor) -> Tensor:
        """New episodes begin with frames (K, F) in the named worlds, (K,); returns their stack (K, L x F)."""
        self.frames[:, worlds] = frame
        self._fresh[worlds] = False
        return frame.repeat(1, len(self.lags))

    def state(self) -> dict[str, Tensor]:
        """All that is remembered."""
        return {"frames": self.frames.clone(), "fresh": self._fresh.clone()}

    def put_back(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what `state` returned."""
        device = self.frames.device
        self.frames, self._fresh = (state[name].to(device, copy=True) for name in ("frames", "fresh"))
