"""Statistics against numpy's, and of pictures against those of their pixels."""

import numpy as np
import pytest

from robolearn.data.statistics import QUANTILES, colour_histogram, column_statistics, picture_statistics


def test_columns_have_numpys_statistics() -> None:
    values = np.random.default_rng(0).normal(3.0, 2.0, (101, 4)).astype(np.float32)
    found = column_statistics(values)
    exact = values.astype(np.float64)
    expected = {"min": exact.min(0), "max": exact.max(0), "mean": exact.mean(0), "std": exact.std(0)}
    expected |= {name: np.quantile(exact, quantile, axis=0) for name, quantile in QUANTILES.items()}
    assert found.pop("count") == [101]
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value)


@pytest.mark.parametrize("values", [np.array([True, False, True]), np.array([2, 0, 2], dtype=np.int64)])
def test_a_scalar_column_is_a_vector_of_one(values: np.ndarray) -> None:
    found = column_statistics(values)
    assert found["mean"] == [pytest.approx(values.mean())]
    assert (found["min"], found["max"]) == ([values.min()], [values.max()])


def test_pictures_have_the_statistics_of_their_pixels() -> None:
    pictures = np.random.default_rng(1).integers(0, 200, (3, 11, 7, 3), dtype=np.uint8)
    pictures[..., 1] //= 2
    found = picture_statistics(np.sum([colour_histogram(picture) for picture in pictures], axis=0), 3)
    pixels = pictures.reshape(-1, 3) / 255.0
    assert found.pop("count") == [3]
    expected = {"min": pixels.min(0), "max": pixels.max(0), "mean": pixels.mean(0), "std": pixels.std(0)}
    for name, quantile in QUANTILES.items():
        expected[name] = np.quantile(pixels, quantile, axis=0, method="inverted_cdf")
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert np.shape(found[name]) == (3, 1, 1)
        np.testing.assert_allclose(np.ravel(found[name]), value, rtol=1e-12)
