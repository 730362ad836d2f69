"""Two policies on the same episodes: is one better, and by how much?"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from robolearn.evaluation.wilson import CONFIDENCE, wilson_interval


@dataclass(frozen=True)
class PairedComparison:
    """Outcomes of policies A and B on the same `episodes`.

    both, only_a, only_b, neither: episodes in which these succeeded
    difference: success rate of B minus that of A
    difference_ci95: its 95 % interval (Newcombe 1998, Statistics in Medicine 17:2635, method 10)
    p_value: of McNemar's exact test, two-sided: how often equally good policies differ at least as much
    """

    episodes: int
    both: int
    only_a: int
    only_b: int
    neither: int
    difference: float
    difference_ci95: tuple[float, float]
    p_value: float

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return vars(self) | {"difference_ci95": list(self.difference_ci95)}


def compare(success_a: NDArray[np.bool_], success_b: NDArray[np.bool_]) -> PairedComparison:
    """Compare outcomes (K,) of A and B, the same episode at the same place. Raises ValueError otherwise."""
    if success_a.shape != success_b.shape or success_a.ndim != 1 or not len(success_a):
        raise ValueError(f"outcomes of shapes {success_a.shape} and {success_b.shape} are not pairs")
    both = int((success_a & success_b).sum())
    only_a = int((success_a & ~success_b).sum())
    only_b = int((~success_a & success_b).sum())
    count = len(success_a)
    neither = count - both - only_a - only_b
    return PairedComparison(
        episodes=count,
        both=both,
        only_a=only_a,
        only_b=only_b,
        neither=neither,
        difference=(only_b - only_a) / count,
        difference_ci95=difference_interval(both, only_a, only_b, neither),
        p_value=mcnemar_exact(only_a, only_b),
    )


def mcnemar_exact(only_a: int, only_b: int) -> float:
    """Two-sided p-value of McNemar's exact test: discordant pairs fall either way with equal chance."""
    discordant = only_a + only_b
    return float(binomtest(only_b, discordant, 0.5).pvalue) if discordant else 1.0


def difference_interval(
    both: int, only_a: int, only_b: int, neither: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Interval of the difference of paired rates, B minus A, from the Wilson intervals of both.

    Newcombe 1998, method 10: squared distances to the Wilson limits add up, less twice their product
    times the correlation of the outcomes.
    """
    count = both + only_a + only_b + neither
    rate_a, rate_b = (both + only_a) / count, (both + only_b) / count
    low_a, high_a = wilson_interval(both + only_a, count, confidence)
    low_b, high_b = wilson_interval(both + only_b, count, confidence)
    correlation = _correlation(both, only_a, only_b, neither)
    below = _joint(rate_b - low_b, high_a - rate_a, correlation)
    above = _joint(high_b - rate_b, rate_a - low_a, correlation)
    difference = rate_b - rate_a
    return difference - below, difference + above


def _joint(first: float, second: float, correlation: float) -> float:
    return math.sqrt(max(0.0, first**2 + second**2 - 2 * correlation * first * second))


def _correlation(both: int, only_a: int, only_b: int, neither: int) -> float:
    """The phi coefficient, a positive numerator corrected towards 0 by half the count as method 10 asks."""
    margins = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    if margins == 0:
        return 0.0
    count = both + only_a + only_b + neither
    numerator = both * neither - only_a * only_b
    if numerator > 0:
        numerator = max(numerator - count / 2, 0)
    return numerator / math.sqrt(margins)
