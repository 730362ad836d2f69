"""The map to [-1, 1]: its range, its inverse, constant entries, and what it refuses."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from robolearn.data.normalisation import MinMaxNormaliser
from robolearn.errors import UserError


@st.composite
def tables(draw: st.DrawFn) -> Tensor:
    """Rows of vectors, (T, D) float32, of any sensible size, some of their columns constant."""
    rows, columns = draw(st.integers(1, 8)), draw(st.integers(1, 4))
    entry = st.floats(-1e9, 1e9, width=32)
    values = draw(st.lists(entry, min_size=rows * columns, max_size=rows * columns))
    table = torch.tensor(values, dtype=torch.float32).reshape(rows, columns)
    constant = draw(st.lists(st.booleans(), min_size=columns, max_size=columns))
    return torch.where(torch.tensor(constant), table[:1], table)


@given(values=tables())
def test_what_it_was_fitted_to_maps_into_the_interval_and_back(values: Tensor) -> None:
    normaliser = MinMaxNormaliser.fit(values)
    normalised = normaliser.normalise(values)
    size = torch.maximum(values.abs().amax(dim=0), torch.ones(values.shape[1]))
    assert bool((normalised.abs() <= 1.0 + 1e-6).all())
    error = (normaliser.unnormalise(normalised) - values).abs()
    assert bool((error <= 1e-6 * size).all())


@given(values=tables())
def test_constant_entries_map_to_zero(values: Tensor) -> None:
    normalised = MinMaxNormaliser.fit(values[:1].expand(3, -1)).normalise(values[:1])
    torch.testing.assert_close(normalised, torch.zeros_like(normalised), atol=0.1, rtol=0.0)


def test_the_range_of_each_entry_and_the_margin_of_constants() -> None:
    normaliser = MinMaxNormaliser.fit(torch.tensor([[0.0, 5.0, -2.0], [4.0, 5.0, 2.0], [1.0, 5.0, 0.0]]))
    assert normaliser.minimum.tolist() == [0.0, 4.0, -2.0]
    assert normaliser.maximum.tolist() == [4.0, 6.0, 2.0]
    values = torch.tensor([[[0.0, 5.0, -2.0]], [[4.0, 6.0, 3.0]]])
    assert normaliser(values).tolist() == [[[-1.0, 0.0, -1.0]], [[1.0, 1.0, 1.5]]]


def test_rounding_noise_counts_as_constant() -> None:
    values = torch.tensor([[100.0], [math.nextafter(100.0, 200.0)], [100.0 + 8e-6]])
    assert MinMaxNormaliser.fit(values).normalise(values).abs().max() < 1e-4


def test_statistics_travel_as_state() -> None:
    normaliser = MinMaxNormaliser.fit(torch.tensor([[0.0, 5.0], [4.0, 5.0]]))
    other = MinMaxNormaliser(torch.zeros(2), torch.ones(2))
    other.load_state_dict(normaliser.state_dict())
    assert torch.equal(other(torch.tensor([1.0, 5.5])), normaliser(torch.tensor([1.0, 5.5])))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (torch.zeros(0, 2), r"not to shape \(0, 2\)"),
        (torch.zeros(3), r"not to shape \(3,\)"),
        (torch.tensor([[0.0, 1.0], [0.0, torch.nan]]), "entry 1 is not finite"),
        (torch.tensor([[torch.inf, 1.0]]), "entry 0 is not finite"),
    ],
)
def test_what_it_cannot_be_fitted_to(values: Tensor, message: str) -> None:
    with pytest.raises(UserError, match=message):
        MinMaxNormaliser.fit(values)


@pytest.mark.parametrize(
    ("minimum", "maximum", "message"),
    [
        ([0.0], [1.0, 2.0], "two vectors of one size"),
        ([0.0, 1.0], [1.0, 1.0], "finite minima below their maxima"),
        ([0.0, torch.nan], [1.0, 1.0], "finite minima below their maxima"),
    ],
)
def test_statistics_that_make_no_sense(minimum: list[float], maximum: list[float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        MinMaxNormaliser(torch.tensor(minimum), torch.tensor(maximum))
