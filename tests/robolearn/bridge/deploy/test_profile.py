"""Which checkpoints a robot runs."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from deployed_robot import WORKER
from envs.humanoid.deployment import g1_profile
from envs.humanoid.specification import OWNED
from robolearn.bridge.deploy.profile import owned_joints
from robolearn.checkpoint import Checkpoint, load_checkpoint
from robolearn.errors import UserError
from robolearn.specification import VectorSpec

PROFILE = g1_profile()


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    return load_checkpoint(WORKER)


def swapped(vector: VectorSpec) -> VectorSpec:
    names = list(vector.names)
    names[0], names[1] = names[1], names[0]
    return VectorSpec(tuple(names), vector.units)


def test_the_worker_owns_legs_and_waist(checkpoint: Checkpoint) -> None:
    owned = owned_joints(checkpoint, PROFILE)
    assert [PROFILE.joints[place] for place in owned.places] == list(OWNED["legs_and_waist"])
    for place, (stiffness, damping) in zip(owned.places, checkpoint.spec.gains.values(), strict=True):
        assert (owned.kp[place], owned.kd[place]) == (stiffness, damping)
    arms = [place for place in range(29) if place not in owned.places]
    assert np.array_equal(owned.kp[arms], PROFILE.kp[arms]) and len(arms) == 14


def test_gains_are_the_checkpoints_own(checkpoint: Checkpoint) -> None:
    gains = {**checkpoint.spec.gains, "left_knee_joint": (200.0, 5.0)}
    owned = owned_joints(replace(checkpoint, spec=replace(checkpoint.spec, gains=gains)), PROFILE)
    knee = PROFILE.joints.index("left_knee_joint")
    assert (owned.kp[knee], owned.kd[knee]) == (200.0, 5.0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "g1_stand"}, "unknown task of .* 'g1_stand': valid are g1_worker, g1_worker_legs"),
        ({"control_rate_hz": 100.0}, "control rate is 100.0 Hz"),
        ({"gains": {}}, "gains of 'left_hip_pitch_joint' are missing"),
    ],
)
def test_other_specifications(checkpoint: Checkpoint, changes: dict[str, Any], said: str) -> None:
    foreign = replace(checkpoint, spec=replace(checkpoint.spec, **changes))
    with pytest.raises(UserError, match=said):
        owned_joints(foreign, PROFILE)


@pytest.mark.parametrize("vector", ["observation", "action"])
def test_another_order(checkpoint: Checkpoint, vector: str) -> None:
    spec = replace(checkpoint.spec, **{vector: swapped(getattr(checkpoint.spec, vector))})
    with pytest.raises(UserError, match=f"{vector} entry 0 is"):
        owned_joints(replace(checkpoint, spec=spec), PROFILE)


def test_gains_beyond_the_robots(checkpoint: Checkpoint) -> None:
    gains = {**checkpoint.spec.gains, "left_knee_joint": (1500.0, 4.0)}
    foreign = replace(checkpoint, spec=replace(checkpoint.spec, gains=gains))
    with pytest.raises(UserError, match="stiffness 1500 of 'left_knee_joint' is not valid"):
        owned_joints(foreign, PROFILE)


def test_another_kind(checkpoint: Checkpoint) -> None:
    with pytest.raises(UserError, match="a policy of kind 'manager': deploy takes a 'worker'"):
        owned_joints(replace(checkpoint, kind="manager"), PROFILE)
