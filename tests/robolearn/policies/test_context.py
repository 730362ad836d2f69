"""Relative poses in what the base's network sees, against one_leg's own geometry."""

import math

import pytest
import torch
from torch import Tensor

from envs.assembly.one_leg import SPEC, OneLegEnvironment
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.policies.body_poses import BodyPose
from robolearn.policies.context import COARSE, WAVELENGTHS, Context
from robolearn.policies.settings import ContextSettings
from robolearn.rotations import (
    matrix_from_quaternion,
    matrix_from_sixd,
    quaternion_from_axis_angle,
    sixd_from_matrix,
)

LEG = "square_table_leg4"


def context(relative_poses: list[str] | None = None, ignored: list[str] | None = None) -> Context:
    return Context(ContextSettings(relative_poses or [], ignored or []), SPEC)


def seen(context: Context, observation: Tensor) -> Tensor:
    """With the raw entries in the place of the normalised ones."""
    return context(observation, observation)


@pytest.fixture(scope="module")
def environment() -> OneLegEnvironment:
    environment = OneLegEnvironment(3, num_threads=1)
    environment.reset(episode_seeds(2, 0, 3))
    return environment


@pytest.fixture(scope="module")
def observation(environment: OneLegEnvironment) -> Tensor:
    return environment.reset(episode_seeds(2, 0, 3))


def test_poses_are_read_in_the_root_frame(environment: OneLegEnvironment, observation: Tensor) -> None:
    position, matrix = BodyPose(SPEC, LEG)(observation)
    expected_position, expected_quaternion = environment.part_poses()
    leg = 4
    torch.testing.assert_close(position, expected_position[:, leg].float(), atol=1e-6, rtol=0.0)
    expected = matrix_from_quaternion(expected_quaternion[:, leg]).float()
    torch.testing.assert_close(matrix, expected, atol=1e-5, rtol=0.0)
    hand, turn = BodyPose(SPEC, "ee")(observation)
    torch.testing.assert_close(hand, environment.arm.position.float(), atol=1e-6, rtol=0.0)
    torch.testing.assert_close(turn, environment.arm.matrix.float(), atol=1e-5, rtol=0.0)


def test_a_relative_pose_is_in_the_references_frame(observation: Tensor) -> None:
    encoded = seen(context([f"ee:{LEG}"]), observation)[:, SPEC.observation.size :]
    (hand, turn), (leg, matrix) = BodyPose(SPEC, "ee")(observation), BodyPose(SPEC, LEG)(observation)
    offset = torch.einsum("nji,nj->ni", turn, leg - hand)
    torch.testing.assert_close(encoded[:, :3] * COARSE, offset)
    torch.testing.assert_close(
        matrix_from_sixd(encoded[:, -6:]), turn.transpose(1, 2) @ matrix, atol=1e-5, rtol=0.0
    )
    torch.testing.assert_close(encoded[:, 3:6], torch.sin(2 * math.pi * offset / WAVELENGTHS[0]))
    torch.testing.assert_close(encoded[:, 12:15], torch.cos(2 * math.pi * offset / WAVELENGTHS[1]))


def test_relative_poses_do_not_change_when_everything_moves_together(observation: Tensor) -> None:
    moved = observation.clone()
    names = SPEC.observation.names
    shift = torch.tensor([0.03, -0.02, 0.01])
    for axis, letter in enumerate("xyz"):
        moved[:, names.index(f"ee_position_in_robot.{letter}")] += shift[axis]
    for axis, tag in enumerate(("y", "x")):
        moved[:, names.index(f"{LEG}_position_in_tag.{tag}")] += shift[axis]
    moved[:, names.index(f"{LEG}_position_in_tag.z")] -= shift[2]
    encode = context([f"ee:{LEG}", f"{LEG}:ee"])
    size = SPEC.observation.size
    torch.testing.assert_close(
        seen(encode, moved)[:, size:], seen(encode, observation)[:, size:], atol=2e-5, rtol=0.0
    )


def test_turning_the_hand_about_its_own_point_shows_in_its_frame_only(observation: Tensor) -> None:
    turned = observation.clone()
    names = SPEC.observation.names
    first = names.index("ee_rotation_in_robot.xx")
    half_turn = matrix_from_quaternion(quaternion_from_axis_angle(torch.tensor([0.0, 0.0, math.pi])))
    turned[:, first : first + 6] = sixd_from_matrix(BodyPose(SPEC, "ee")(observation)[1] @ half_turn)
    offset = slice(SPEC.observation.size, SPEC.observation.size + 3)
    before, after = (seen(context([f"ee:{LEG}"]), value)[:, offset] for value in (observation, turned))
    torch.testing.assert_close(after, before * torch.tensor([-1.0, -1.0, 1.0]), atol=1e-4, rtol=0.0)


def test_ignored_bodies_are_hidden(observation: Tensor) -> None:
    masked = seen(context(ignored=["square_table_leg1"]), observation)
    hidden = [name.startswith("square_table_leg1_") for name in SPEC.observation.names]
    assert bool((masked[:, hidden] == 0.0).all())
    shown = [not one for one in hidden]
    assert torch.equal(masked[:, shown], observation[:, shown])


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("ee", "'ee' is not valid: it takes reference:body"),
        ("hand:obstacle", "unknown body 'hand'"),
        ("ee:square_table_leg5", "nearest.*square_table_leg|did you mean"),
    ],
)
def test_bodies_that_are_not_observed(pair: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        context([pair])


def test_a_body_to_ignore_that_is_not_observed() -> None:
    with pytest.raises(UserError, match="unknown body to ignore 'square_table_leg9'"):
        context(ignored=["square_table_leg9"])
