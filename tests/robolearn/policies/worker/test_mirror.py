"""Left and right exchanged, and networks that treat them alike."""

import pytest
import torch

from envs.humanoid.privileged import PRIVILEGED
from envs.humanoid.sensing import OBSERVATION
from envs.robots.g1.constants import JOINTS
from robolearn.policies.worker.mirror import Mirror
from robolearn.policies.worker.networks import MirroredPerceptron, Split, unmirrored

TARGETS = [f"{joint}.target" for joint in JOINTS]
VECTORS = {"observation": OBSERVATION.names, "action": TARGETS, "privileged": PRIVILEGED}


@pytest.mark.parametrize("names", VECTORS.values(), ids=VECTORS)
def test_the_mirror_is_its_own_inverse(names: list[str]) -> None:
    mirror, value = Mirror.of(names), torch.randn(4, len(names))
    assert torch.equal(mirror.apply(mirror.apply(value)), value)
    assert not torch.equal(mirror.apply(value), value)


def test_joints_about_x_and_z_turn_the_other_way() -> None:
    mirror = Mirror.of(TARGETS)
    for name, place, sign in zip(TARGETS, mirror.places, mirror.signs, strict=True):
        partner = TARGETS[place]
        swapped = name.replace("left_", "?").replace("right_", "left_").replace("?", "right_")
        assert partner == swapped
        assert sign == (-1.0 if "_roll_" in name or "_yaw_" in name else 1.0)


def test_a_side_without_its_other_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"right_knee_joint\.target"):
        Mirror.of(["left_knee_joint.target"])


def test_parts_of_a_vector_are_orthonormal_and_join() -> None:
    split, value = Split(Mirror.of(OBSERVATION.names)), torch.randn(6, OBSERVATION.size)
    kept, negated = split(value).split(split.sizes, 1)
    torch.testing.assert_close(split.join(kept, negated), value)
    torch.testing.assert_close(kept.square().sum() + negated.square().sum(), value.square().sum())
    mirrored = split(Mirror.of(OBSERVATION.names).apply(value))
    mirrored_kept, mirrored_negated = mirrored.split(split.sizes, 1)
    torch.testing.assert_close(mirrored_kept, kept)
    torch.testing.assert_close(mirrored_negated, -negated)


def test_a_network_of_a_mirrored_vector_is_the_mirrored_network() -> None:
    inputs, outputs = Mirror.of(OBSERVATION.names).repeated(2), Mirror.of(TARGETS)
    network = MirroredPerceptron(inputs, [32, 16], outputs, last_gain=1.0)
    value = torch.randn(5, 2 * OBSERVATION.size)
    torch.testing.assert_close(network(inputs.apply(value)), outputs.apply(network(value)))


def test_a_value_is_the_same_in_the_mirror() -> None:
    inputs = Mirror.of(OBSERVATION.names)
    network = MirroredPerceptron(inputs, [32, 16], unmirrored(1), last_gain=1.0)
    value = torch.randn(5, OBSERVATION.size)
    torch.testing.assert_close(network(inputs.apply(value)), network(value))


def test_initial_outputs_keep_the_inputs_scale() -> None:
    torch.manual_seed(0)
    network = MirroredPerceptron(Mirror.of(OBSERVATION.names), [256, 128], unmirrored(1), last_gain=1.0)
    assert 0.3 < float(network(torch.randn(2000, OBSERVATION.size)).detach().std()) < 3.0
