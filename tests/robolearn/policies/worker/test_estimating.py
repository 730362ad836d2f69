"""The estimating actor: alike on both sides, and taught by the truth alone."""

import torch
from torch import Tensor

from robolearn.policies.worker.estimating import EstimatingActor
from robolearn.policies.worker.mirror import Mirror

FRAMES = Mirror.of(("left_knee", "right_knee", "gravity_in_pelvis.y", "height"))
ESTIMATED = Mirror.of(("velocity_in_heading.x", "velocity_in_heading.y", "left_contact", "right_contact"))
ACTIONS = Mirror.of(("left_hip", "right_hip", "waist_yaw_joint"))


def feedback(frames: Tensor, estimate: Tensor) -> Tensor:
    """Hips by the height and by how fast the robot moves; mirrored as these are."""
    hip = frames[:, 3] + estimate[:, 0]
    return torch.stack((hip, hip, torch.zeros_like(hip)), 1)


def actor() -> EstimatingActor:
    torch.manual_seed(0)
    return EstimatingActor(
        FRAMES, ESTIMATED, ACTIONS, feedback=feedback, hidden=[16, 8], estimator_hidden=[8, 4]
    )


def test_estimates_and_actions_of_mirrored_frames_are_mirrored() -> None:
    network, frames = actor(), torch.randn(7, 4)
    mirrored = FRAMES.apply(frames)
    torch.testing.assert_close(network.estimate(mirrored), ESTIMATED.apply(network.estimate(frames)))
    torch.testing.assert_close(network(mirrored), ACTIONS.apply(network(frames)))


def test_actions_use_the_estimate_but_do_not_teach_it() -> None:
    network, frames = actor(), torch.randn(7, 4)
    estimate = network.estimate(frames)
    assert not torch.allclose(network.correct(frames, estimate), network.correct(frames, estimate + 1.0))
    network.correct(frames, estimate).square().sum().backward()
    assert all(parameter.grad is None for parameter in network.estimator.parameters())
    assert all(parameter.grad is not None for parameter in network.actor.parameters())


def test_acting_is_the_feedback_and_the_correction() -> None:
    network, frames = actor(), torch.randn(7, 4)
    estimate = network.estimate(frames)
    expected = network.correct(frames, estimate) + feedback(frames, estimate)
    assert torch.equal(network(frames), expected)
    assert torch.equal(network.total(frames, network.correct(frames, estimate)), expected)


def test_the_feedback_is_there_before_anything_is_learnt() -> None:
    network, frames = actor(), torch.randn(7, 4)
    for parameter in network.actor.layers[-1].parameters():
        parameter.data.zero_()
    assert torch.equal(network(frames), feedback(frames, network.estimate(frames)))
