"""The estimating actor: alike on both sides, and taught by the truth alone."""

import torch

from robolearn.policies.worker.estimating import EstimatingActor
from robolearn.policies.worker.mirror import Mirror

FRAME = Mirror.of(("left_knee", "right_knee", "gravity_in_pelvis.y", "height"))
ESTIMATED = Mirror.of(("velocity_in_heading.x", "velocity_in_heading.y", "left_contact", "right_contact"))
ACTIONS = Mirror.of(("left_hip", "right_hip", "waist_yaw_joint"))


def actor() -> EstimatingActor:
    torch.manual_seed(0)
    return EstimatingActor(
        FRAME, ESTIMATED, ACTIONS, seen=2, seen_besides=1, hidden=[16, 8], estimator_hidden=[8, 4]
    )


def test_estimates_and_actions_of_mirrored_frames_are_mirrored() -> None:
    network, frames = actor(), torch.randn(7, 12)
    mirrored = FRAME.repeated(3).apply(frames)
    there, here = (network.estimate(network.split(stack)) for stack in (mirrored, frames))
    torch.testing.assert_close(there, ESTIMATED.apply(here))
    torch.testing.assert_close(network(mirrored), ACTIONS.apply(network(frames)))


def test_actions_use_the_estimate_but_do_not_teach_it() -> None:
    network = actor()
    parts = network.split(torch.randn(7, 12))
    estimate = network.estimate(parts)
    assert not torch.allclose(network.act(parts, estimate), network.act(parts, estimate + 1.0))
    network.act(parts, estimate).square().sum().backward()
    assert all(parameter.grad is None for parameter in network.estimator.parameters())
    assert all(parameter.grad is not None for parameter in network.actor.parameters())


def test_acting_at_once_is_estimating_first() -> None:
    network, frames = actor(), torch.randn(7, 12)
    parts = network.split(frames)
    assert torch.equal(network(frames), network.act(parts, network.estimate(parts)))


def test_the_actor_sees_the_newest_frames_and_the_estimate() -> None:
    network, frames = actor(), torch.randn(7, 12)
    parts = network.split(frames)
    estimate = network.estimate(parts)
    seen = torch.cat((frames[:, :8], estimate), 1)
    torch.testing.assert_close(network.act(parts, estimate), network.actor(seen))
    torch.testing.assert_close(estimate, network.estimator(frames))


def test_the_oldest_frames_reach_the_estimate_alone() -> None:
    network, frames = actor(), torch.randn(7, 12)
    other = torch.cat((frames[:, :8], torch.randn(7, 4)), 1)
    parts, others = network.split(frames), network.split(other)
    estimate = network.estimate(parts)
    assert not torch.allclose(estimate, network.estimate(others))
    assert torch.equal(network.act(parts, estimate), network.act(others, estimate))
