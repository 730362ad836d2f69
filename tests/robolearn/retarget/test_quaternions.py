"""Quaternions in numpy, against SciPy's rotations."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation, Slerp

from robolearn.retarget import quaternions

few = settings(max_examples=30)
seeds = st.integers(0, 2**32 - 1)


def _random(seed: int, count: int = 6) -> np.ndarray:
    return Rotation.random(count, rng=np.random.default_rng(seed)).as_quat(scalar_first=True)


def _matrices(wxyz: np.ndarray) -> np.ndarray:
    return Rotation.from_quat(wxyz, scalar_first=True).as_matrix()


def test_w_moves_from_last_to_first_and_back() -> None:
    np.testing.assert_array_equal(quaternions.w_first(np.array([[1.0, 2.0, 3.0, 4.0]])), [[4, 1, 2, 3]])
    np.testing.assert_array_equal(quaternions.w_last(np.array([[4.0, 1.0, 2.0, 3.0]])), [[1, 2, 3, 4]])


@few
@given(seeds, st.floats(0.0, 1.0))
def test_slerp_is_scipys(seed: int, share: float) -> None:
    start, end = _random(seed), _random(seed + 1)
    found = quaternions.slerp(start, end, np.full(len(start), share))
    for first, last, middle in zip(start, end, found, strict=True):
        ends = Rotation.from_quat(np.stack((first, last)), scalar_first=True)
        expected = Slerp([0, 1], ends)(share).as_matrix()
        np.testing.assert_allclose(_matrices(middle), expected, atol=1e-7)


@few
@given(seeds)
def test_products_and_angles_are_scipys(seed: int) -> None:
    left, right = _random(seed), _random(seed + 1)
    expected = _matrices(left) @ _matrices(right)
    np.testing.assert_allclose(_matrices(quaternions.multiply(left, right)), expected, atol=1e-12)
    between = Rotation.from_quat(left, scalar_first=True).inv() * Rotation.from_quat(right, scalar_first=True)
    np.testing.assert_allclose(quaternions.angle_between(left, right), between.magnitude(), atol=1e-7)


@few
@given(seeds)
def test_roll_pitch_and_yaw_are_intrinsic_from_yaw_on(seed: int) -> None:
    angles = np.random.default_rng(seed).uniform(-3, 3, (4, 2, 3))
    expected = Rotation.from_euler("ZYX", angles.reshape(-1, 3)[:, ::-1]).as_matrix()
    found = quaternions.from_euler(angles)
    np.testing.assert_allclose(_matrices(found.reshape(-1, 4)), expected, atol=1e-12)


@few
@given(seeds)
def test_signs_are_steady_and_rotations_kept(seed: int) -> None:
    stream = np.random.default_rng(seed)
    values = _random(seed, 20).reshape(10, 2, 4) * stream.choice((-1.0, 1.0), (10, 2, 1))
    steady = quaternions.steady_signs(values)
    assert ((steady[1:] * steady[:-1]).sum(-1) >= 0).all()
    np.testing.assert_array_equal(np.abs(steady), np.abs(values))
    np.testing.assert_array_equal(steady[0], values[0])
