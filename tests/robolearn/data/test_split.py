"""Episodes for training and held-out ones."""

from pathlib import Path

import pytest
import torch

from demonstration_fakes import write_random_dataset
from robolearn.data.demonstrations import Demonstrations, load_dataset
from robolearn.data.split import split_episodes
from robolearn.errors import UserError

LENGTHS = tuple(range(1, 11))


@pytest.fixture
def demonstrations(tmp_path: Path) -> Demonstrations:
    write_random_dataset(tmp_path, LENGTHS)
    return load_dataset(tmp_path)


@pytest.mark.parametrize(("fraction", "expected"), [(0.0, 0), (0.01, 1), (0.2, 2), (0.25, 2), (0.9, 9)])
def test_parts_are_whole_and_have_no_episode_in_common(
    demonstrations: Demonstrations, fraction: float, expected: int
) -> None:
    kept, held_out = split_episodes(demonstrations, fraction, seed=1)
    assert held_out.num_episodes == expected
    # Every episode has a length of its own, so that lengths tell which it is.
    lengths = [part.episode_starts.diff().tolist() for part in (kept, held_out)]
    assert sorted(lengths[0] + lengths[1]) == list(LENGTHS)
    assert lengths == [sorted(lengths[0]), sorted(lengths[1])]
    assert len(kept.observation) == sum(lengths[0])


def test_the_seed_decides(demonstrations: Demonstrations) -> None:
    parts = [split_episodes(demonstrations, 0.3, seed)[1].observation for seed in (1, 1, 2)]
    assert torch.equal(parts[0], parts[1])
    assert not torch.equal(parts[0], parts[2])


@pytest.mark.parametrize(
    ("fraction", "message"),
    [(-0.1, "is not valid"), (1.0, "is not valid"), (float("nan"), "is not valid"), (0.97, "leaves none")],
)
def test_fractions_that_make_no_sense(demonstrations: Demonstrations, fraction: float, message: str) -> None:
    with pytest.raises(UserError, match=message):
        split_episodes(demonstrations, fraction, seed=0)
