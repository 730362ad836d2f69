"""Random numbers that follow from seed, stream and counter alone."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from robolearn.counter_random import between, normal, uniform

SEEDS = torch.arange(200, dtype=torch.int64) + (7 << 32)


def splitmix64(value: int) -> int:
    """The published mixing, with Python's unbounded integers."""
    mask = (1 << 64) - 1
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & mask
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & mask
    return value ^ (value >> 31)


@given(seed=st.integers(0, 2**62), stream=st.integers(0, 50), counter=st.integers(0, 10_000))
def test_numbers_are_splitmix64s(seed: int, stream: int, counter: int) -> None:
    golden, mask = 0x9E3779B97F4A7C15, (1 << 64) - 1
    key = splitmix64((seed + stream * golden) & mask)
    key = splitmix64((key + counter * golden) & mask)
    expected = [(splitmix64((key + place * golden) & mask) >> 40) * 2.0**-24 for place in (1, 2, 3)]
    assert uniform(torch.tensor([seed]), stream, counter, 3)[0].tolist() == expected


def test_they_are_uniform_and_unrelated() -> None:
    first, second = uniform(SEEDS, 1, 0, 500), uniform(SEEDS, 2, 0, 500)
    later = uniform(SEEDS, 1, 1, 500)
    assert 0.0 <= float(first.min()) < 1e-3 and 0.999 < float(first.max()) < 1.0
    assert abs(float(first.mean()) - 0.5) < 0.005
    pairs = torch.stack([first.flatten(), second.flatten(), later.flatten(), first.roll(1, 0).flatten()])
    assert float((torch.corrcoef(pairs) - torch.eye(4)).abs().max()) < 0.01


def test_a_world_draws_the_same_in_any_batch() -> None:
    counters = torch.arange(200)
    assert torch.equal(uniform(SEEDS, 3, counters, 4)[50:60], uniform(SEEDS[50:60], 3, counters[50:60], 4))


def test_normal_numbers_are_normal() -> None:
    numbers = normal(SEEDS, 1, 0, 1000)
    assert abs(float(numbers.mean())) < 0.01 and abs(float(numbers.std()) - 1.0) < 0.01
    assert bool(numbers.isfinite().all())


def test_between_its_ends() -> None:
    assert float(between(-2.0, 4.0, torch.tensor(0.25))) == -0.5
