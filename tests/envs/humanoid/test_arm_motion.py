"""How somebody else moves the arms."""

import torch

from envs.humanoid.arm_motion import SEGMENT_STEPS, ArmMotion
from robolearn.environment import episode_seeds

REST, LOWER, UPPER = torch.tensor([0.0, 0.2]), torch.tensor([-1.0, -2.0]), torch.tensor([1.5, 0.5])
WORLDS = 400
SEEDS = episode_seeds(5, 0, WORLDS)


def path(reach: float, steps: int) -> torch.Tensor:
    arms = ArmMotion(WORLDS, REST, LOWER, UPPER)
    return torch.stack(
        [
            arms.targets(SEEDS, torch.full((WORLDS,), step), torch.full((WORLDS,), reach))
            for step in range(steps)
        ]
    )


def test_targets_are_reached_linearly_and_stay_within_the_limits() -> None:
    found = path(1.0, 2 * SEGMENT_STEPS)
    assert bool(((found >= LOWER) & (found <= UPPER)).all())
    within = torch.cat((REST.expand(1, WORLDS, 2), found))[: SEGMENT_STEPS + 1]
    steps = within.diff(dim=0)
    torch.testing.assert_close(steps, steps[:1].expand_as(steps), atol=1e-5, rtol=0.0)


def test_reach_widens_the_motion() -> None:
    ends = [path(reach, SEGMENT_STEPS)[-1] - REST for reach in (0.0, 0.5, 1.0)]
    sizes = [float(end.abs().mean()) for end in ends]
    assert sizes[0] == 0.0 and abs(sizes[1] - sizes[2] / 2.0) < 1e-6
    # At a reach of 1 the size is nearly uniform times uniform, whose mean is a quarter.
    upwards = ends[2][:, 0][ends[2][:, 0] > 0.0] / 1.5
    assert abs(float(upwards.mean()) - 0.25) < 0.03


def test_both_limits_are_aimed_at() -> None:
    ends = path(1.0, SEGMENT_STEPS)[-1] - REST
    assert 0.4 < float((ends > 0.0).float().mean()) < 0.6
