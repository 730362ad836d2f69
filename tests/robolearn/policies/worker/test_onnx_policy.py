"""Somebody else's controller gets the numbers it expects, and its joints the targets it means."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from envs.humanoid.specification import worker_spec
from onnx_controllers import FRAME, JOINTS, OBSERVED, controller, linear
from robolearn.errors import UserError
from robolearn.evaluation.controllers import PolicyController
from robolearn.policies.worker.onnx_policy import OnnxPolicy, load_onnx_policy, onnx_identity

SPEC = worker_spec("legs_and_waist", 1000)

NAMES = list(SPEC.observation.names)
DEFAULTS = np.array([0.42, -0.2, 0.1, 0.6])


def observations(count: int, worlds: int = 2) -> Tensor:
    """(count, worlds, 71)."""
    return torch.randn(count, worlds, len(NAMES), generator=torch.Generator().manual_seed(0))


def pick(seen: Tensor, *names: str) -> np.ndarray:
    return seen[:, [NAMES.index(name) for name in names]].numpy()


def frame(seen: Tensor, last_action: np.ndarray) -> np.ndarray:
    """(N, F) as the contract of `onnx_controllers` orders it, written out."""
    count = len(seen)
    return np.concatenate(
        (
            0.5 * pick(seen, *(f"angular_velocity_in_pelvis.{axis}" for axis in "xyz")),
            pick(seen, *(f"gravity_in_pelvis.{axis}" for axis in "xyz")),
            pick(seen, "command.velocity_x", "command.velocity_y", "command.yaw_rate") * (2.0, 2.0, 0.25),
            pick(seen, "command.height"),
            np.tile((0.0, 0.12, 0.0), (count, 1)),
            pick(seen, *(f"{joint}.position" for joint in OBSERVED)) - DEFAULTS,
            0.05 * pick(seen, *(f"{joint}.velocity" for joint in OBSERVED)),
            last_action,
        ),
        1,
    )


def load(folder: Path, worlds: int = 2) -> OnnxPolicy:
    policy = load_onnx_policy(folder, SPEC)
    policy.reset(num_envs=worlds)
    return policy


def weights(size: int = 2 * FRAME) -> np.ndarray:
    return np.random.default_rng(0).normal(0.0, 0.1, (size, 3)).astype(np.float32)


@pytest.mark.parametrize("order", ["oldest_first", "newest_first"])
@pytest.mark.parametrize("batch", ["batch", 1])
def test_targets_follow_from_frames_in_the_order_of_the_contract(
    tmp_path: Path, order: str, batch: str | int
) -> None:
    folder, weight = controller(tmp_path, history_order=order), weights()
    linear(folder / "policy.onnx", weight, 0.3, batch)
    policy, before, last = load(folder), np.zeros((2, FRAME)), np.zeros((2, 3))
    for seen in observations(4):
        now = frame(seen, last)
        stack = (before, now) if order == "oldest_first" else (now, before)
        last, before = np.concatenate(stack, 1) @ weight + 0.3, now
        found = policy.act(seen)
        own = [SPEC.action.names.index(f"{joint}.target") for joint in JOINTS]
        np.testing.assert_allclose(found[:, own], DEFAULTS[:3] + 0.25 * last, atol=1e-5)
        others = [place for place in range(15) if place not in own]
        assert not found[:, others].any()


def test_a_new_episode_forgets_and_the_other_worlds_do_not(tmp_path: Path) -> None:
    folder = controller(tmp_path, weights())
    policy, fresh, steady = load(folder), load(folder), load(folder)
    seen = observations(3)
    for policy_in_use in (policy, steady):
        policy_in_use.act(seen[0])
    policy.reset(torch.tensor([1]), num_envs=2)
    found = policy.act(seen[1])
    torch.testing.assert_close(found[1], fresh.act(seen[1])[1])
    torch.testing.assert_close(found[0], steady.act(seen[1])[0])
    assert not torch.allclose(found[1], steady.act(seen[1])[1])


def test_an_evaluation_begins_new_episodes_in_some_worlds(tmp_path: Path) -> None:
    folder = controller(tmp_path, weights())
    evaluated = PolicyController(load_onnx_policy(folder, SPEC), 2, seed=0)
    seen = observations(2)
    evaluated.act(seen[0])
    evaluated.reset(torch.tensor([7]), torch.tensor([1]))
    torch.testing.assert_close(evaluated.act(seen[1])[1], load(folder).act(seen[1])[1])


def test_a_second_network_acts_where_the_command_is_small(tmp_path: Path) -> None:
    folder = controller(tmp_path, standing_below=0.05)
    linear(folder / "policy.onnx", np.zeros((2 * FRAME, 3)), 1.0)
    linear(folder / "standing.onnx", np.zeros((2 * FRAME, 3)), 2.0)
    seen = observations(1, 4)[0]
    columns = [NAMES.index(name) for name in ("command.velocity_x", "command.velocity_y", "command.yaw_rate")]
    seen[:, columns] = torch.tensor(
        [[0.0, 0.0, 0.0], [0.03, 0.03, 0.02], [0.03, 0.03, 0.03], [0.0, 0.0, -0.5]]
    )
    found = load(folder, 4).act(seen)[:, SPEC.action.names.index("left_knee_joint.target")]
    np.testing.assert_allclose(found, 0.42 + 0.25 * np.array([2.0, 2.0, 1.0, 1.0]), atol=1e-6)


def test_it_asks_for_its_own_servos_and_limits(tmp_path: Path) -> None:
    drive = load(controller(tmp_path)).drive
    assert drive.stiffness == {"left_knee_joint": 150, "left_hip_pitch_joint": 151, "waist_pitch_joint": 152}
    assert drive.damping["left_hip_pitch_joint"] == 3.0 and not drive.within_limits
    assert (drive.limits.forward, drive.limits.yaw_rate) == (0.55, 1.57)


def test_its_identity_is_that_of_its_files(tmp_path: Path) -> None:
    folder = controller(tmp_path)
    first = onnx_identity(folder)
    assert first == onnx_identity(folder) and first["kind"] == "onnx"
    linear(folder / "policy.onnx", weights())
    assert onnx_identity(folder) != first


def refusal(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        load_onnx_policy(folder, SPEC)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_networks_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    folder = controller(tmp_path, weights(2 * FRAME + 1))
    assert f"expected rows of the {2 * FRAME} entries" in refusal(folder)
    linear(folder / "policy.onnx", np.zeros((2 * FRAME, 4)))
    assert "output 'actions' has shape ['batch', 4], expected rows of the 3 entries" in refusal(folder)
    linear(folder / "policy.onnx", weights(), batch=8)
    assert "has shape [8, " in refusal(folder)
    (folder / "policy.onnx").write_bytes(b"no network")
    assert "policy.onnx is no network that runs here" in refusal(folder)
    (folder / "policy.onnx").unlink()
    assert "policy.onnx is missing" in refusal(folder)
    assert "standing.onnx is missing" in refusal(controller(tmp_path, standing_below=0.1))


def test_another_task_is_refused(tmp_path: Path) -> None:
    spec = dataclasses.replace(SPEC, name="one_leg")
    with pytest.raises(UserError, match="acts in g1_tour, not in tasks of 'one_leg'"):
        load_onnx_policy(controller(tmp_path), spec)
