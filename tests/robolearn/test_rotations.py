"""Rotations against scipy's, and what must hold for any numbers at all."""

import math

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation
from torch import Tensor

from robolearn import rotations

few = settings(max_examples=30)


def vectors(size: int, limit: float = 4.0) -> st.SearchStrategy[np.ndarray]:
    """(3, size) of numbers up to `limit`, zeros and repeats included."""
    return arrays(np.float64, (3, size), elements=st.floats(-limit, limit, width=32))


def quaternions() -> st.SearchStrategy[np.ndarray]:
    """(3, 4) unit quaternions, w first, of either sign."""
    return vectors(4, 1.0).filter(lambda q: np.linalg.norm(q, axis=1).min() > 0.1).map(_unit)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def scipy(quaternion: np.ndarray) -> Rotation:
    return Rotation.from_quat(quaternion, scalar_first=True)


def tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values))


def assert_same_rotation(found: Tensor, expected: np.ndarray) -> None:
    """Quaternions that are equal up to their sign."""
    sign = np.sign((found.numpy() * expected).sum(-1, keepdims=True))
    np.testing.assert_allclose(found.numpy() * sign, expected, atol=1e-9)


@few
@given(quaternions())
def test_matrix_from_quaternion(quaternion: np.ndarray) -> None:
    matrix = rotations.matrix_from_quaternion(tensor(quaternion))
    np.testing.assert_allclose(matrix, scipy(quaternion).as_matrix(), atol=1e-12)


@few
@given(quaternions())
def test_quaternion_from_matrix_whose_largest_component_is_positive(quaternion: np.ndarray) -> None:
    found = rotations.quaternion_from_matrix(tensor(scipy(quaternion).as_matrix()))
    assert_same_rotation(found, quaternion)
    np.testing.assert_allclose(found.amax(-1), found.abs().amax(-1), atol=1e-9)


def test_quaternion_from_matrix_at_every_half_turn() -> None:
    axes = _unit(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, -1], [1, 1, 1]], dtype=float))
    half_turns = Rotation.from_rotvec(math.pi * axes)
    found = rotations.quaternion_from_matrix(tensor(half_turns.as_matrix()))
    assert_same_rotation(found, half_turns.as_quat(scalar_first=True))


@few
@given(quaternions(), quaternions(), vectors(3))
def test_products_and_turned_vectors(left: np.ndarray, right: np.ndarray, vector: np.ndarray) -> None:
    multiplied = rotations.multiply(tensor(left), tensor(right))
    assert_same_rotation(multiplied, (scipy(left) * scipy(right)).as_quat(scalar_first=True))
    turned = scipy(left).apply(vector)
    np.testing.assert_allclose(rotations.rotate(tensor(left), tensor(vector)), turned, atol=1e-9)
    matrices = tensor(scipy(left).as_matrix()), tensor(scipy(right).as_matrix())
    np.testing.assert_allclose(rotations.turned(matrices[0], tensor(vector)), turned, atol=1e-9)
    np.testing.assert_allclose(rotations.product(*matrices), matrices[0] @ matrices[1], atol=1e-12)


@few
@given(quaternions(), vectors(3))
def test_the_conjugate_turns_back(quaternion: np.ndarray, vector: np.ndarray) -> None:
    turned = rotations.rotate(tensor(quaternion), tensor(vector))
    back = rotations.rotate(rotations.conjugate(tensor(quaternion)), turned)
    np.testing.assert_allclose(back, vector, atol=1e-12)


@few
@given(vectors(3))
def test_axis_angles_there_and_back(axis_angle: np.ndarray) -> None:
    quaternion = rotations.quaternion_from_axis_angle(tensor(axis_angle))
    assert_same_rotation(quaternion, Rotation.from_rotvec(axis_angle).as_quat(scalar_first=True))
    back = rotations.axis_angle_from_quaternion(quaternion)
    assert (back.norm(dim=-1) <= math.pi + 1e-9).all()
    np.testing.assert_allclose(
        Rotation.from_rotvec(back.numpy()).as_matrix(),
        Rotation.from_rotvec(axis_angle).as_matrix(),
        atol=1e-9,
    )


def test_tiny_and_no_rotations_are_not_lost() -> None:
    axis_angle = torch.tensor([[0.0, 0.0, 0.0], [1e-8, 0.0, 0.0], [0.0, -1e-12, 2e-12]], dtype=torch.float64)
    back = rotations.axis_angle_from_quaternion(rotations.quaternion_from_axis_angle(axis_angle))
    np.testing.assert_allclose(back, axis_angle, rtol=1e-6, atol=0)


@few
@given(quaternions())
def test_the_6d_representation_is_the_first_two_rows(quaternion: np.ndarray) -> None:
    matrix = tensor(scipy(quaternion).as_matrix())
    sixd = rotations.sixd_from_matrix(matrix)
    np.testing.assert_array_equal(sixd, matrix[:, :2].reshape(-1, 6))
    np.testing.assert_allclose(rotations.matrix_from_sixd(sixd), matrix, atol=1e-12)


@few
@given(vectors(6))
def test_any_six_numbers_give_a_rotation(sixd: np.ndarray) -> None:
    matrix = rotations.matrix_from_sixd(tensor(sixd))
    identity = np.broadcast_to(np.eye(3), matrix.shape)
    np.testing.assert_allclose(matrix @ matrix.transpose(-1, -2), identity, atol=1e-6)
    np.testing.assert_allclose(torch.linalg.det(matrix), 1.0, atol=1e-6)


@few
@given(vectors(6), st.floats(0.1, 10.0), st.floats(-3.0, 3.0))
def test_the_6d_representation_ignores_lengths_and_lean(sixd: np.ndarray, scale: float, lean: float) -> None:
    first, second = sixd[:, :3], sixd[:, 3:]
    volume = np.linalg.norm(np.cross(first, second), axis=-1)
    regular = volume > 1e-3 * (1 + np.linalg.norm(second, axis=-1))
    leaning = np.concatenate((scale * first, second + lean * first), -1)
    found, expected = (rotations.matrix_from_sixd(tensor(each[regular])) for each in (leaning, sixd))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@few
@given(vectors(6), quaternions(), vectors(3))
def test_a_row_does_not_depend_on_its_neighbours(
    sixd: np.ndarray, quaternion: np.ndarray, vector: np.ndarray
) -> None:
    for function, arguments in (
        (rotations.matrix_from_sixd, (sixd,)),
        (rotations.matrix_from_quaternion, (quaternion,)),
        (rotations.rotate, (quaternion, vector)),
        (rotations.quaternion_from_axis_angle, (vector,)),
        (rotations.axis_angle_from_quaternion, (quaternion,)),
    ):
        together = function(*(tensor(argument) for argument in arguments))
        alone = function(*(tensor(argument[1:2]) for argument in arguments))
        assert torch.equal(together[1:2], alone)
