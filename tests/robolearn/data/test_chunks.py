"""Windows of actions, and the order in which training sees them."""

import pytest
import torch
from torch import Tensor

from demonstration_fakes import write_random_dataset
from robolearn.data.chunks import ActionWindows, ChunkSampler
from robolearn.data.demonstrations import Demonstrations, load_dataset
from robolearn.errors import UserError


@pytest.fixture(scope="module")
def demonstrations(tmp_path_factory: pytest.TempPathFactory) -> Demonstrations:
    folder = tmp_path_factory.mktemp("dataset")
    write_random_dataset(folder, lengths=(5, 1, 8))
    return load_dataset(folder)


def batches(sampler: ChunkSampler, count: int) -> list[tuple[Tensor, Tensor]]:
    return [next(sampler) for _ in range(count)]


def same(first: list[tuple[Tensor, Tensor]], second: list[tuple[Tensor, Tensor]]) -> bool:
    pairs = zip(first, second, strict=True)
    return all(torch.equal(a, c) and torch.equal(b, d) for (a, b), (c, d) in pairs)


def test_windows_repeat_the_last_action_of_their_episode(demonstrations: Demonstrations) -> None:
    action = demonstrations.action
    observation, windows = ActionWindows(demonstrations, window=4).batch(torch.tensor([0, 3, 5, 13, 10]))
    assert torch.equal(observation, demonstrations.observation[[0, 3, 5, 13, 10]])
    steps = [[0, 1, 2, 3], [3, 4, 4, 4], [5, 5, 5, 5], [13, 13, 13, 13], [10, 11, 12, 13]]
    assert torch.equal(windows, action[torch.tensor(steps)])


@pytest.mark.parametrize("batch_size", [1, 4, 14, 50])
def test_an_epoch_has_every_step_once(demonstrations: Demonstrations, batch_size: int) -> None:
    sampler = ChunkSampler(demonstrations, batch_size, seed=3)
    for _ in range(2):
        epoch = batches(sampler, sampler.batches_per_epoch)
        seen = torch.cat([observation for observation, _ in epoch])
        assert seen.shape == demonstrations.observation.shape
        assert sorted(seen.tolist()) == sorted(demonstrations.observation.tolist())
        assert all(window.shape[1:] == (32, 2) for _, window in epoch)


def test_the_seed_alone_decides_the_order(demonstrations: Demonstrations) -> None:
    first, again, other = (ChunkSampler(demonstrations, 14, seed=seed) for seed in (3, 3, 4))
    epochs = batches(first, 2)
    assert same(epochs, batches(again, 2))
    assert not same(epochs[:1], epochs[1:])
    assert not same(epochs, batches(other, 2))


@pytest.mark.parametrize("done", [0, 1, 4, 5, 11])
def test_goes_on_to_the_same_batches(demonstrations: Demonstrations, done: int) -> None:
    whole = ChunkSampler(demonstrations, 4, seed=3)
    batches(whole, done)
    state = {name: value.clone() for name, value in whole.state().items()}
    resumed = ChunkSampler(demonstrations, 4, seed=99)
    resumed.set_state(state)
    assert same(batches(whole, 9), batches(resumed, 9))


def test_what_makes_no_sense_is_refused(demonstrations: Demonstrations) -> None:
    with pytest.raises(UserError, match="batch_size=0 is not valid"):
        ChunkSampler(demonstrations, 0, seed=0)
    with pytest.raises(UserError, match="action window 0 is not valid"):
        ActionWindows(demonstrations, window=0)
    sampler = ChunkSampler(demonstrations, 4, seed=0)
    with pytest.raises(UserError, match="place 15 of the sampler is outside the 14 steps"):
        sampler.set_state(sampler.state() | {"cursor": torch.tensor(15)})
