"""An episode ends when a part that it needs can never come back."""

import pytest
import torch

from envs.assembly.one_leg import OneLegEnvironment
from envs.assembly.scene import PARTS, THREADED_LEG, TOP
from robolearn.environment import episode_seeds

STAY = torch.tensor([[0.5, 0.0, 0.2, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0, -1.0]])


def moved(part: str, x: float) -> OneLegEnvironment:
    """One world whose `part` is suddenly at (x, 0, 0.3) [m]."""
    environment = OneLegEnvironment(1, num_threads=1)
    environment.reset(episode_seeds(3, 0, 1))
    address = int(environment.simulation.model.joint(part).qposadr[0])
    position = environment.simulation.view("qpos")[0, address : address + 3]
    position[:] = torch.tensor([x, 0.0, 0.3])
    return environment


@pytest.mark.parametrize("part", [TOP, THREADED_LEG])
def test_a_lost_part_ends_the_episode_without_success(part: str) -> None:
    environment = moved(part, 1.2)
    for _ in range(2):
        transition = environment.step(STAY)
        assert transition.terminated.all()
        assert not transition.truncated.any() and not transition.success.any()
        assert not transition.fault.any() and not transition.reward.any()


def test_an_idle_leg_may_get_lost() -> None:
    idle = next(name for name in PARTS if name not in (TOP, THREADED_LEG))
    assert not moved(idle, 1.2).step(STAY).done.any()
