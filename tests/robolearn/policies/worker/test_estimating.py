"""The estimating actor: alike on both sides, and taught by the truth alone."""

import torch

from robolearn.policies.worker.estimating import EstimatingActor
from robolearn.policies.worker.mirror import Mirror

FRAMES = Mirror.of(("left_knee", "right_knee", "gravity_in_pelvis.y", "height"))
ESTIMATED = Mirror.of(("velocity_in_heading.x", "velocity_in_heading.y", "left_contact", "right_contact"))
ACTIONS = Mirror.of(("left_hip", "right_hip", "waist_yaw_joint"))


def actor() -> EstimatingActor:
    torch.manual_seed(0)
    return EstimatingActor(FRAMES, ESTIMATED, ACTIONS, hidden=[16, 8], estimator_hidden=[8, 4])


def test_estimates_and_actions_of_mirrored_frames_are_mirrored() -> None:
    network, frames = actor(), torch.randn(7, 4)
    mirrored = FRAMES.apply(frames)
    torch.testing.assert_close(network.estimate(mirrored), ESTIMATED.apply(network.estimate(frames)))
    torch.testing.assert_close(network(mirrored), ACTIONS.apply(network(frames)))


def test_actions_use_the_estimate_but_do_not_teach_it() -> None:
    network, frames = actor(), torch.randn(7, 4)
    estimate = network.estimate(frames)
    assert not torch.allclose(network.act(frames, estimate), network.act(frames, estimate + 1.0))
    network.act(frames, estimate).square().sum().backward()
    assert all(parameter.grad is None for parameter in network.estimator.parameters())
    assert all(parameter.grad is not None for parameter in network.actor.parameters())


def test_acting_at_once_is_estimating_first() -> None:
    network, frames = actor(), torch.randn(7, 4)
    assert torch.equal(network(frames), network.act(frames, network.estimate(frames)))
