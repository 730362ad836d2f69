"""Linear interpolation in a table."""

import numpy as np
import torch

from robolearn.interpolation import interpolate


def test_it_is_numpys_and_holds_the_ends() -> None:
    places = torch.tensor([0.0, 1.0, 3.0])
    values = torch.tensor([[0.0, 5.0], [2.0, 4.0], [-2.0, 10.0]])
    at = torch.linspace(-1.0, 4.0, 21)
    found = interpolate(places, values, at)
    for column in range(2):
        expected = np.interp(at.numpy(), places.numpy(), values[:, column].numpy())
        np.testing.assert_allclose(found[:, column].numpy(), expected, atol=1e-6)


def test_any_shape_of_places() -> None:
    at = torch.zeros(2, 3)
    assert interpolate(torch.tensor([0.0, 1.0]), torch.zeros(2, 4), at).shape == (2, 3, 4)
