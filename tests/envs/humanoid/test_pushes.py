"""How hard, how often and where robots in training are disturbed."""

import pytest
import torch
from torch import Tensor

from envs.humanoid.pushes import PUNCH_STEPS, PUSH_STEPS, Disturbances
from envs.humanoid.settings import Pushes
from envs.robots.g1.constants import JOINTS
from envs.robots.g1.model import build_g1
from robolearn.environment import episode_seeds

MODEL = build_g1().compile()
EVERY = 50
MANY = 4000
ONES = torch.ones(MANY)


def disturbances(extremities: float = 0.0) -> Disturbances:
    pushes = Pushes(velocity=0.5, punch=300.0, punch_every=EVERY, extremities=extremities)
    return Disturbances(MODEL, pushes, torch.device("cpu"))


def punches(extremities: float = 0.0) -> tuple[Tensor, Tensor]:
    """Links and forces of the first interval: its steps x many episodes."""
    seeds, found = episode_seeds(5, 0, MANY), disturbances(extremities)
    steps = (found.punch(seeds, torch.full((MANY,), step), ONES) for step in range(EVERY))
    links, forces = zip(*steps, strict=True)
    return torch.stack(links), torch.stack(forces)


def test_an_interval_has_one_punch_of_80_ms_at_any_time_in_any_direction() -> None:
    _, force = punches()
    hit = force.norm(dim=2) > 0.0
    assert (hit.sum(0) == PUNCH_STEPS).all()
    begins = hit.float().argmax(0)
    assert int(begins.min()) == 0 and int(begins.max()) == EVERY - PUNCH_STEPS - 1
    assert (begins.float().mean() - (EVERY - PUNCH_STEPS - 1) / 2).abs() < 1.0
    first = force[begins, torch.arange(MANY)]
    assert (first / first.norm(dim=1, keepdim=True)).mean(0).abs().max() < 0.03
    assert float(first.norm(dim=1).min()) >= 150.0 and float(first.norm(dim=1).max()) <= 300.0


@pytest.mark.parametrize("extremities", [0.0, 0.5, 1.0])
def test_a_share_of_the_punches_is_on_ankles_and_wrists_alone(extremities: float) -> None:
    links, _ = punches(extremities)
    outer = {name for name in JOINTS if "ankle" in name or "wrist" in name}
    expected = {
        int(MODEL.joint(name).bodyid[0]): (1.0 - extremities) / len(JOINTS)
        + extremities * (name in outer) / len(outer)
        for name in JOINTS
    }
    shares = torch.bincount(links[0], minlength=MODEL.nbody) / MANY
    for body, share in enumerate(shares.tolist()):
        assert abs(share - expected.get(body, 0.0)) < 0.02


def test_which_robot_is_punched_when_and_how_hard_does_not_depend_on_where() -> None:
    assert torch.equal(punches(0.0)[1], punches(1.0)[1])


def test_pushes_change_the_velocity_every_4_s_but_not_at_the_beginning() -> None:
    seeds, found = episode_seeds(5, 0, MANY), disturbances()
    for step, due in ((0, False), (PUSH_STEPS - 1, False), (PUSH_STEPS, True), (2 * PUSH_STEPS, True)):
        change = found.velocity_change(seeds, torch.full((MANY,), step), ONES)
        assert bool((change != 0.0).all(1).all()) is due and bool((change != 0.0).any()) is due
        assert float(change.abs().max()) <= 0.5
