"""Balance by the capture point: its sign and size, who is balanced, and that robots stand by it."""

import math

import pytest
import torch
from torch import Tensor

from envs.humanoid.privileged import ESTIMATED, PRIVILEGED, privileged
from envs.humanoid.sensing import OBSERVATION
from envs.humanoid.worker import WorkerEnvironment
from envs.humanoid.worker_training import make_worker
from robolearn.policies.worker.balancing import GRAVITY, PITCH_GAIN, ROLL_GAIN, BalanceFeedback
from robolearn.policies.worker.mirror import Mirror
from robolearn.policies.worker.settings import WorkerNetworks

JOINTS = tuple(
    f"{side}_{kind}_joint" for side in ("left", "right") for kind in ("hip_roll", "ankle_pitch", "ankle_roll")
)
SCALE = (0.5, 0.25, 0.25) * 2
FEEDBACK = BalanceFeedback(OBSERVATION.names, ESTIMATED, JOINTS, SCALE)


def standing(count: int) -> Tensor:
    """Scaled frames of robots told to stand at 0.6 m."""
    return torch.zeros(count, OBSERVATION.size)


def estimate(**values: float) -> Tensor:
    found = torch.zeros(1, len(ESTIMATED))
    for name, value in values.items():
        found[0, ESTIMATED.index(name.replace("__", "."))] = value
    return found


def test_a_centre_of_mass_ahead_presses_the_toes_down() -> None:
    angles = FEEDBACK(standing(1), estimate(com_over_feet__x=10.0 * 0.03))[0] * torch.tensor(SCALE)
    assert angles.tolist() == pytest.approx([0.0, PITCH_GAIN * 0.05, 0.0] * 2)


def test_speed_counts_by_the_pendulums_time() -> None:
    seconds = math.sqrt(0.6 / GRAVITY)
    moving = FEEDBACK(standing(1), estimate(velocity_in_heading__x=2.0 * 0.1))
    displaced = FEEDBACK(standing(1), estimate(com_over_feet__x=10.0 * 0.1 * seconds))
    torch.testing.assert_close(moving, displaced)


def test_a_centre_of_mass_to_the_left_moves_the_pelvis_to_the_right() -> None:
    angles = FEEDBACK(standing(1), estimate(com_over_feet__y=10.0 * 0.03))[0] * torch.tensor(SCALE)
    assert angles.tolist() == pytest.approx([ROLL_GAIN * 0.05, 0.0, -ROLL_GAIN * 0.05] * 2)


def test_left_and_right_are_alike() -> None:
    frames, guess = standing(5), torch.randn(5, len(ESTIMATED))
    mirrored = FEEDBACK(Mirror.of(OBSERVATION.names).apply(frames), Mirror.of(ESTIMATED).apply(guess))
    torch.testing.assert_close(mirrored, Mirror.of(JOINTS).apply(FEEDBACK(frames, guess)))


def test_who_steps_is_not_balanced() -> None:
    frames = standing(1)
    frames[0, OBSERVATION.names.index("gait.cosine")] = 1.0
    assert not FEEDBACK(frames, estimate(com_over_feet__x=1.0)).any()


def fallen(feedback: bool) -> int:
    """Of 8 nominal robots, untrained and told the truth, whose arms move for 8 s."""
    environment = WorkerEnvironment(8, randomness="none", num_threads=2)
    environment.set_command(torch.tensor([[0.0, 0.0, 0.0, 0.74]]).repeat(8, 1))
    policy = make_worker(environment.spec, WorkerNetworks([8], [8], [8], [0]))
    places = [PRIVILEGED.index(name) for name in ESTIMATED]
    observation = environment.reset(torch.arange(8))
    last = torch.zeros(8, environment.spec.action.size)
    for _ in range(400):
        truth = privileged(environment.state, environment.parameters.summary)[:, places]
        if feedback:
            last = policy.network.feedback(policy.frame(observation, last), truth)
        observation = environment.step(policy.targets(observation, last)).observation
    return int(environment.done.sum())


def test_an_untrained_worker_that_knows_its_centre_of_mass_stands() -> None:
    assert fallen(feedback=True) <= 1
    assert fallen(feedback=False) >= 4
