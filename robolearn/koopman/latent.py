"""How informative a Koopman latent is: its variance and rank, and the spectrum of A."""

import torch
from torch import Tensor

from robolearn.koopman.model import KoopmanModel

SHOWN_EIGENVALUES = 4
"""Largest magnitudes that are logged."""


def effective_rank(values: Tensor) -> float:
    """Dimensions that the rows (N, d) spread over, 1 to d: exp of the entropy of their variances' shares.

    The shares are those along the principal axes (Roy and Vetterli, EUSIPCO 2007). 0 for equal rows.
    """
    centred = values.double() - values.double().mean(dim=0)
    variances = torch.linalg.svdvals(centred).square()
    total = variances.sum()
    if total == 0.0:
        return 0.0
    shares = variances / total
    return float(torch.special.entr(shares).sum().exp())


def eigenvalue_magnitudes(matrix: Tensor) -> Tensor:
    """Of a square matrix, descending, (d,) float64."""
    return torch.linalg.eigvals(matrix.double()).abs().sort(descending=True).values


@torch.no_grad()
def diagnose(model: KoopmanModel, observation: Tensor) -> dict[str, float]:
    """Latent of observations (N, C) and spectrum of A, named for the log.

    Without a decoder a latent of zero predicts itself perfectly, so its variance must be watched (A.3).
    """
    latent = model.lifted(observation)
    magnitudes = eigenvalue_magnitudes(model.A)
    return {
        "koopman/latent_variance": float(latent.var(dim=0).mean()),
        "koopman/latent_rank": effective_rank(latent),
        "koopman/unstable_eigenvalues": float((magnitudes > 1.0).sum()),
        **{
            f"koopman/eigenvalue_{place}": magnitude
            for place, magnitude in enumerate(magnitudes[:SHOWN_EIGENVALUES].tolist(), start=1)
        },
    }
