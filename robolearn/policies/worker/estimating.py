"""An actor that first estimates what no sensor measures, as in HIM (Long et al., ICLR 2024) and DreamWaQ."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from robolearn.policies.worker.mirror import Mirror
from robolearn.policies.worker.networks import MirroredPerceptron

Feedback = Callable[[Tensor, Tensor], Tensor]


class EstimatingActor(nn.Module):
    """Actions of frames and of what is estimated from them; left and right are alike to both networks.

    The estimate is learnt from the simulator's truth alone: no gradient reaches it from the actions.
    """

    def __init__(
        self,
        frames: Mirror,
        estimated: Mirror,
        actions: Mirror,
        *,
        feedback: Feedback,
        hidden: Sequence[int],
        estimator_hidden: Sequence[int],
    ) -> None:
        """hidden, estimator_hidden: even widths of the layers of the actor and of the estimator.

        feedback: actions (N, A) of frames and estimates that the actor's are added to
        """
        super().__init__()
        self.feedback = feedback
        self.estimator = MirroredPerceptron(frames, estimator_hidden, estimated, last_gain=0.1)
        self.actor = MirroredPerceptron(frames.joined(estimated), hidden, actions, last_gain=0.01)

    def estimate(self, frames: Tensor) -> Tensor:
        """Estimates (N, E) from stacked frames (N, L x F)."""
        return self.estimator(frames)

    def correct(self, frames: Tensor, estimate: Tensor) -> Tensor:
        """What the actor adds to the feedback, (N, A), of stacked frames (N, L x F) and estimates (N, E).

        This alone is what reinforcement learning improves: while the estimator learns, the feedback
        changes by more than a policy may in one update.
        """
        return self.actor(torch.cat((frames, estimate.detach()), 1))

    @torch.no_grad()
    def total(self, frames: Tensor, correction: Tensor) -> Tensor:
        """Actions (N, A) of stacked frames (N, L x F) with the actor's part (N, A)."""
        return correction + self.feedback(frames, self.estimate(frames))

    def forward(self, frames: Tensor) -> Tensor:
        """Actions (N, A) of stacked frames (N, L x F)."""
        estimate = self.estimate(frames)
        return self.correct(frames, estimate) + self.feedback(frames, estimate)
