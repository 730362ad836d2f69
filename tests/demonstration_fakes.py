"""Recorded episodes of the point mass, and datasets of them, for tests of what reads them."""

from collections.abc import Sequence
from pathlib import Path

import torch

from robolearn.data.episode import Episode
from robolearn.data.writer import write_dataset
from toy_environment import POINT_MASS

LENGTHS = (5, 1, 8)


def random_episodes(lengths: Sequence[int] = LENGTHS, seed: int = 0) -> list[Episode]:
    """Episodes of the given lengths, each a success with reward 1 in its last step."""
    generator = torch.Generator().manual_seed(seed)
    return [
        Episode(
            observation=torch.randn(length, POINT_MASS.observation.size, generator=generator),
            action=torch.randn(length, POINT_MASS.action.size, generator=generator),
            executed=torch.randn(length, POINT_MASS.action.size, generator=generator),
            reward=torch.eye(length)[-1],
            success=True,
        )
        for length in lengths
    ]


def write_random_dataset(path: Path, lengths: Sequence[int] = LENGTHS) -> list[Episode]:
    """A dataset in `path`; returns its episodes."""
    episodes = random_episodes(lengths)
    write_dataset(path, POINT_MASS, episodes, {"origin": "random"})
    return episodes
