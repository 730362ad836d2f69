"""The random choices of one episode."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from robolearn.retarget.trajectory import LEFT, RIGHT

T = TypeVar("T")


class Draw:
    """A stream of choices that depends on seed and index alone (Philox's counter, keyed with both).

    seed, index: from 0, below 2**64
    """

    def __init__(self, seed: int, index: int) -> None:
        self._stream = np.random.Generator(np.random.Philox(key=np.array([seed, index], dtype=np.uint64)))

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self._stream.random()

    def choice(self, options: Sequence[T]) -> T:
        """One of the options, all alike."""
        return options[int(self._stream.random() * len(options))]

    def distinct(self, options: Sequence[T], count: int) -> list[T]:
        """`count` of the options, in any order."""
        left = list(options)
        return [left.pop(int(self._stream.random() * len(left))) for _ in range(count)]

    def hand(self) -> int:
        """Left or right."""
        return self.choice((LEFT, RIGHT))
