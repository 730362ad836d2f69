"""An actor that first estimates what no sensor measures, as in HIM (Long et al., ICLR 2024) and DreamWaQ."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from robolearn.policies.worker.mirror import Mirror
from robolearn.policies.worker.networks import MirroredPerceptron, Split


class EstimatingActor(nn.Module):
    """Actions of frames and of what is estimated from them; left and right are alike to both networks.

    The estimate is learnt from the simulator's truth alone: no gradient reaches it from the actions. Frames
    are split once, not in every pass over them, which took a twentieth of a training.
    """

    def __init__(
        self,
        frame: Mirror,
        estimated: Mirror,
        actions: Mirror,
        *,
        seen: int,
        seen_besides: int,
        hidden: Sequence[int],
        estimator_hidden: Sequence[int],
    ) -> None:
        """hidden, estimator_hidden: even widths of the layers of the actor and of the estimator.

        seen: frames that both see, the first of the stack; seen_besides: those that the estimator sees alone
        """
        super().__init__()
        blocks = Split(frame).blocks
        self._all = [(seen + seen_besides) * size for size in blocks]
        self._seen = [seen * size for size in blocks]
        self._estimated = Split(estimated)
        self.estimator = MirroredPerceptron(
            frame.repeated(seen + seen_besides), estimator_hidden, estimated, last_gain=0.1
        )
        self.actor = MirroredPerceptron(
            frame.repeated(seen).joined(estimated), hidden, actions, last_gain=0.01
        )

    def split(self, frames: Tensor) -> Tensor:
        """Stacked frames (N, L x F) as both networks take them, see `Split`."""
        return self.estimator.inputs(frames)

    def estimate(self, parts: Tensor) -> Tensor:
        """Estimates (N, E) from split frames (N, L x F)."""
        return self.estimator.of_split(*parts.split(self.estimator.inputs.sizes, 1))

    def act(self, parts: Tensor, estimate: Tensor) -> Tensor:
        """Actions (N, A) of split frames (N, L x F) and estimates (N, E)."""
        blocks = zip(parts.split(self._all, 1), self._seen, strict=True)
        seen = [block[:, :size] for block, size in blocks]
        guessed = self._estimated(estimate.detach()).split(self._estimated.blocks, 1)
        kept = torch.cat((seen[0], guessed[0], seen[1], guessed[1]), 1)
        negated = torch.cat((seen[2], guessed[2], seen[3], guessed[3]), 1)
        return self.actor.of_split(kept, negated)

    def forward(self, frames: Tensor) -> Tensor:
        """Actions (N, A) of stacked frames (N, L x F)."""
        parts = self.split(frames)
        return self.act(parts, self.estimate(parts))
