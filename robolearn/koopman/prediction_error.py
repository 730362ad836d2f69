"""How far dynamics can be trusted: their errors along trajectories that they were not trained on."""

from dataclasses import dataclass

import torch
from torch import Tensor

from robolearn.koopman.dynamics import Dynamics

HORIZONS = (1, 8, 32)
"""Control steps ahead: the next one, what the base carries out of a chunk, and what it plans."""

STRIDE = 4
"""Predictions begin at every so many control steps; neighbours are much alike."""


@dataclass(frozen=True)
class Trajectories:
    """T control steps of W worlds, of which the first `length` of each count.

    observation: (T, W, C) normalised, before each step
    executed: (T, W, A) normalised
    length: (W,) int64
    """

    observation: Tensor
    executed: Tensor
    length: Tensor


@torch.no_grad()
def prediction_errors(dynamics: Dynamics, trajectories: Trajectories) -> dict[str, float]:
    """Mean squared errors of predictions some steps ahead, absolute and over those of standing still.

    The latter are 1 for dynamics that know no more than that the next state resembles the last; horizons
    that no trajectory is long enough for are left out.
    """
    latent = dynamics.lifted(trajectories.observation)
    errors: dict[str, float] = {}
    predicted, starts = latent[::STRIDE], torch.arange(0, len(latent), STRIDE)
    first = predicted
    for ahead in range(1, HORIZONS[-1] + 1):
        # Those that would end after the recording drop out, the last ones first.
        starts = starts[: int((starts + ahead < len(latent)).sum())]
        predicted, first = predicted[: len(starts)], first[: len(starts)]
        predicted = dynamics.advance(predicted, trajectories.executed[starts + ahead - 1])
        counts = starts[:, None] + ahead < trajectories.length
        if ahead in HORIZONS and bool(counts.any()):
            truth = latent[starts + ahead][counts]
            error = (predicted[counts] - truth).square().mean()
            standing = (first[counts] - truth).square().mean()
            errors[f"koopman/error_{ahead}_ahead"] = float(error)
            errors[f"koopman/error_{ahead}_ahead_over_standing_still"] = float(error / standing)
    return errors
