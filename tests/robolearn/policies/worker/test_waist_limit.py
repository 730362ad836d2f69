"""Robots that bear more than their waist can hold in a low squat do not squat so low."""

import mujoco
import numpy as np
import pytest
import torch

from envs.humanoid.sensing import OBSERVATION
from envs.humanoid.worker_training import make_worker
from envs.robots.g1.constants import LEG_JOINTS, TORSO
from envs.robots.g1.model import build_g1
from robolearn.policies.worker.scaling import TORSO_COM_SCALE, TORSO_PAYLOAD_SCALE
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.policies.worker.waist_limit import (
    HIGHEST,
    LOWEST,
    SQUAT_LEAN,
    UNBEARABLE,
    WaistLimit,
    excess_load,
    least_height,
)
from robolearn.specification import TaskSpec, VectorSpec

ESTIMATED = ["torso_com_x", "velocity_in_heading.x", "torso_payload"]


def estimate(payload: float, ahead: float) -> torch.Tensor:
    return torch.tensor([[TORSO_COM_SCALE * ahead, 0.3, TORSO_PAYLOAD_SCALE * payload]])


def waist_torque(payload: float, ahead: float, lean: float) -> float:
    """That holds the torso of a robot at rest, its joints straight and its pelvis leaning forward [N m]."""
    model = build_g1().compile()
    torso = model.body(TORSO).id
    model.body_mass[torso] += payload
    model.body_ipos[torso, 0] += ahead
    data = mujoco.MjData(model)
    data.qpos[3:7] = np.cos(lean / 2.0), 0.0, np.sin(lean / 2.0), 0.0
    mujoco.mj_forward(model, data)
    return -float(data.qfrc_bias[model.joint("waist_pitch_joint").dofadr[0]])


@pytest.mark.parametrize("payload", [2.0, 10.0])
def test_the_load_of_a_payload_is_what_the_simulation_has_in_a_low_squat(payload: float) -> None:
    expected = waist_torque(payload, 0.0, SQUAT_LEAN) - waist_torque(0.0, 0.0, SQUAT_LEAN)
    assert excess_load(torch.tensor(payload), torch.tensor(0.0)).item() == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("lean", [0.0, 0.4, SQUAT_LEAN])
def test_a_centre_of_mass_ahead_weighs_no_more_than_is_reckoned_with(lean: float) -> None:
    actual = waist_torque(8.0, 0.08, lean) - waist_torque(8.0, 0.0, lean)
    payload = torch.tensor(8.0)
    reckoned = excess_load(payload, torch.tensor(0.08)) - excess_load(payload, torch.tensor(0.0))
    assert 0.7 * reckoned.item() < actual < 1.01 * reckoned.item()


def test_who_bears_little_squats_as_low_as_told() -> None:
    limit, strain = WaistLimit(ESTIMATED, 0.02), torch.zeros(1)
    for payload, ahead in ((0.0, 0.0), (-5.0, 0.1), (10.0, -0.1), (2.0, 0.01)):
        strain = limit.following(strain, estimate(payload, ahead))
    assert strain.item() == 0.0
    assert least_height(strain).item() == pytest.approx(LOWEST)


def test_a_strain_follows_what_is_estimated_within_a_second_or_two() -> None:
    limit, strain = WaistLimit(ESTIMATED, 0.02), torch.zeros(1)
    heavy = estimate(10.0, 0.05)
    assert excess_load(torch.tensor(10.0), torch.tensor(0.05)).item() > UNBEARABLE
    shares = []
    for _ in range(150):
        strain = limit.following(strain, heavy)
        shares.append(strain.item())
    assert shares[49] == pytest.approx(1.0 - np.exp(-1.0), abs=0.01)
    assert least_height(strain).item() == pytest.approx(HIGHEST, abs=0.02)


def test_nothing_but_a_lower_height_is_told_otherwise() -> None:
    action = VectorSpec(tuple(f"{joint}.target" for joint in LEG_JOINTS), ("rad",) * len(LEG_JOINTS))
    spec = TaskSpec("g1_worker_legs", OBSERVATION, action, 50.0, 100, ("standing",))
    policy = make_worker(spec, WorkerNetworks([16], lags=[0, 2], estimator_lags=[1]))
    observation = torch.randn(3, OBSERVATION.size)
    height = OBSERVATION.names.index("gait.height")
    observation[:, height] = torch.tensor([0.3, 0.3, 0.74])
    told = policy.told(observation, torch.tensor([0.0, 1.0, 1.0]))
    assert told[:, height].tolist() == pytest.approx([0.3, HIGHEST, 0.74])
    told[:, height] = observation[:, height]
    assert torch.equal(told, observation)
