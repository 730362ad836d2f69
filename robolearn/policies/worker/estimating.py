"""An actor that first estimates what no sensor measures, as in HIM (Long et al., ICLR 2024) and DreamWaQ."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from robolearn.policies.worker.mirror import Mirror
from robolearn.policies.worker.networks import MirroredPerceptron


class EstimatingActor(nn.Module):
    """Actions of frames and of what is estimated from them; left and right are alike to both networks.

    The estimate is learnt from the simulator's truth alone: no gradient reaches it from the actions.
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
        self._actor_size = seen * len(frame.places)
        self.estimator = MirroredPerceptron(
            frame.repeated(seen + seen_besides), estimator_hidden, estimated, last_gain=0.1
        )
        self.actor = MirroredPerceptron(
            frame.repeated(seen).joined(estimated), hidden, actions, last_gain=0.01
        )

    def estimate(self, frames: Tensor) -> Tensor:
        """Estimates (N, E) from stacked frames (N, L x F)."""
        return self.estimator(frames)

    def act(self, frames: Tensor, estimate: Tensor) -> Tensor:
        """Actions (N, A) of stacked frames (N, L x F) and estimates (N, E)."""
        return self.actor(torch.cat((frames[:, : self._actor_size], estimate.detach()), 1))

    def forward(self, frames: Tensor) -> Tensor:
        """Actions (N, A) of stacked frames (N, L x F)."""
        return self.act(frames, self.estimate(frames))
