"""References of hands and pelvis: what follows from a trajectory, with and without a walk."""

import math

import pytest
import torch
from torch import Tensor

from envs.humanoid.reach.base_reference import (
    AHEAD,
    HIGHEST,
    LOWEST,
    REACH,
    SHOULDER_IN_PELVIS,
    base_reference,
)
from envs.humanoid.reach.references import Hands, Reference, References, make_reference, slerp
from envs.humanoid.reach.walks import FASTEST, is_walk, walk_path
from envs.robots.g1.crouch import crouch_lean
from robolearn.rotations import quaternion_from_axis_angle, rotate

RATE = 50.0


def _still_hands(x: float, z: float, frames: int = 100) -> Tensor:
    return torch.tensor([[x, 0.16, z], [x, -0.16, z]]).expand(frames, 2, 3).clone()


def _resting() -> Hands:
    return Hands(torch.tensor([[0.2, 0.2, 0.8], [0.2, -0.2, 0.8]]), torch.tensor([[1.0, 0, 0, 0]] * 2))


def _reference(walk_seed: int | None, x: float = 0.3, z: float = 0.9) -> Reference:
    hands = _still_hands(x, z, 400)
    turned = torch.tensor([math.cos(0.2), 0.0, math.sin(0.2), 0.0]).expand(400, 2, 4)
    return make_reference(hands, turned, _resting(), RATE, walk_seed)


@pytest.mark.parametrize("z", [0.2, 0.35, 0.5, 0.7, 0.9, 1.1])
def test_hands_are_in_reach_of_where_the_pelvis_should_be(z: float) -> None:
    base = base_reference(_still_hands(0.30, z), RATE)[-1]
    lean = crouch_lean(base[2])
    shoulder = torch.stack(
        (
            base[0] + SHOULDER_IN_PELVIS[2] * lean.sin(),
            base[1] + SHOULDER_IN_PELVIS[1],
            base[2] + SHOULDER_IN_PELVIS[2] * lean.cos(),
        )
    )
    assert (torch.tensor((0.30, 0.16, z)) - shoulder).norm() < REACH + 0.02
    assert LOWEST - 1e-4 <= base[2] <= HIGHEST + 1e-4


def test_the_pelvis_stands_where_it_can_and_goes_down_only_for_low_hands() -> None:
    heights = [float(base_reference(_still_hands(0.3, z), RATE)[-1, 2]) for z in (1.1, 0.9, 0.6, 0.4, 0.2)]
    assert heights[0] > HIGHEST - 0.03 and heights[1] > HIGHEST - 0.03
    assert heights == sorted(heights, reverse=True) and heights[-1] < 0.45


def test_the_pelvis_moves_only_when_a_hand_would_be_out_of_reach() -> None:
    near = base_reference(_still_hands(0.25, 1.0), RATE)
    far = base_reference(_still_hands(0.55, 1.0), RATE)
    assert near[:, :2].abs().max() < 1e-6
    assert abs(float(far[-1, 0]) - (0.55 - AHEAD[1])) < 1e-3


def test_the_reference_begins_at_rest_and_reaches_the_trajectory() -> None:
    reference = _reference(None)
    assert torch.allclose(reference.hands.position[0], _resting().position)
    assert torch.allclose(reference.hands.position[-1], _still_hands(0.3, 0.9)[-1])
    steps = reference.hands.position.diff(dim=0).norm(dim=2)
    assert steps.max() < 0.02 and steps[0].max() == 0.0
    assert torch.allclose(reference.hands.quaternion.norm(dim=2), torch.ones(len(reference), 2))


def test_a_walk_carries_hands_and_pelvis_alike() -> None:
    still, walking = _reference(None), _reference(7)
    assert (walking.base[-1, :2] - still.base[-1, :2]).norm() > 0.1
    for step in (0, 250, 499):
        x, y, yaw, _ = walking.base[step]
        about_z = quaternion_from_axis_angle(torch.stack((torch.zeros(()), torch.zeros(()), -yaw)))
        shift = torch.stack((x, y, torch.zeros(())))
        seen = rotate(about_z.expand(2, 4), walking.hands.position[step] - shift)
        at_home = still.hands.position[step] - torch.cat((still.base[step, :2], torch.zeros(1)))
        assert torch.allclose(seen, at_home, atol=1e-5)


def test_walks_keep_their_speed_limits_and_stand_where_the_pelvis_is_low() -> None:
    path = walk_path(11, torch.full((600,), 0.74), 50, RATE)
    speed = path.diff(dim=0) * RATE
    fastest = max(abs(bound) for bound in (*FASTEST[0], *FASTEST[1])) * math.sqrt(2.0)
    assert speed[:, :2].norm(dim=1).max() < fastest and speed[:, 2].abs().max() < FASTEST[2][1] + 1e-3
    assert path[:50].abs().max() == 0.0
    assert walk_path(11, torch.full((600,), 0.5), 50, RATE).abs().max() == 0.0


def test_shares_of_walks_are_as_asked() -> None:
    seeds = torch.arange(2000)
    assert is_walk(seeds, 0.0).sum() == 0 and is_walk(seeds, 1.0).all()
    assert 0.45 < is_walk(seeds, 0.5).float().mean() < 0.55


def test_slerp_turns_evenly_the_shorter_way() -> None:
    start = torch.tensor([1.0, 0.0, 0.0, 0.0])
    end = -torch.tensor([math.cos(0.4), math.sin(0.4), 0.0, 0.0])
    quarter = slerp(start, end, torch.tensor([0.25]))
    assert torch.allclose(quarter, torch.tensor([math.cos(0.1), math.sin(0.1), 0.0, 0.0]), atol=1e-6)


def test_worlds_keep_references_of_different_lengths() -> None:
    references = References(2)
    short, long = _reference(None, z=0.9), _reference(3, z=1.0)
    references.put(
        0, Reference(Hands(short.hands.position[:80], short.hands.quaternion[:80]), short.base[:80])
    )
    references.put(1, long)
    assert references.length.tolist() == [80, len(long)]
    late = references.hands(torch.tensor([1000, 1000]))
    assert torch.equal(late.position[0], short.hands.position[79])
    assert torch.equal(late.position[1], long.hands.position[-1])
    assert torch.equal(references.base(torch.tensor([79, 300]))[1], long.base[300])
