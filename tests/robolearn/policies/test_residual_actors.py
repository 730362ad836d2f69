"""Residual actors: published sizes, zero at the start, and where gradients go."""

import dataclasses

import pytest
import torch
from torch import nn

from robolearn.errors import UserError
from robolearn.koopman.actors import KoopmanResidual
from robolearn.policies.critic import Critic
from robolearn.policies.networks import count_parameters, perceptron
from robolearn.policies.residual import ResidualConfig
from robolearn.policies.residual_actors import ACTORS, make_residual_actor

OBSERVATION, ACTION = 58, 10
CONFIG = ResidualConfig("koopman", OBSERVATION, ACTION)


def inputs(count: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return (
        torch.randn(count, OBSERVATION, generator=generator),
        torch.randn(count, ACTION, generator=generator),
    )


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"lifted_size": 256}, 348_672),
        ({"lifted_size": 256, "goal": True}, 414_208),
        ({"lifted_size": 128}, 232_704),
        ({"lifted_size": 64}, 187_008),
        ({"lifted_size": 32}, 167_232),
        ({"actor": "mlp"}, 86_016),
    ],
)
def test_actors_have_the_published_sizes(changes: dict[str, object], count: int) -> None:
    assert count_parameters(make_residual_actor(dataclasses.replace(CONFIG, **changes))) == count


def test_parts_of_korr_have_the_published_sizes() -> None:
    actor = make_residual_actor(dataclasses.replace(CONFIG, lifted_size=256))
    assert isinstance(actor, KoopmanResidual)
    counts = {name: parameter.numel() for name, parameter in actor.model.named_parameters()}
    assert (counts["A"], counts["B"]) == (65_536, 2_560)
    assert sum(count for name, count in counts.items() if name.startswith("lift.")) == 146_432
    assert count_parameters(actor.head) == 134_144
    assert count_parameters(Critic(OBSERVATION, ACTION)) == 83_713


@pytest.mark.parametrize("initialisation", ["scaled", "published"])
@pytest.mark.parametrize("goal", [False, True])
@pytest.mark.parametrize("actor", ACTORS)
def test_residuals_are_zero_at_the_start(actor: str, goal: bool, initialisation: str) -> None:
    config = dataclasses.replace(CONFIG, actor=actor, goal=goal, initialisation=initialisation)
    residual = make_residual_actor(config)(*inputs())
    assert residual.shape == (7, ACTION)
    assert float(residual.detach().abs().max()) == 0.0


def moved(config: ResidualConfig) -> nn.Module:
    """With a head that outputs something."""
    torch.manual_seed(0)
    actor = make_residual_actor(config)
    nn.init.normal_(dict(actor.named_parameters())["head.4.weight"])
    return actor


@pytest.mark.parametrize("actor", ["koopman", "nonlinear"])
@pytest.mark.parametrize("goal", [False, True])
def test_detach_keeps_the_policy_gradient_out_of_the_dynamics(actor: str, goal: bool) -> None:
    for detach in (False, True):
        network = moved(dataclasses.replace(CONFIG, actor=actor, goal=goal, detach=detach))
        for _, parameter in network.named_parameters():
            nn.init.normal_(parameter, std=0.1)
        network(*inputs()).square().sum().backward()
        reached = {name for name, value in network.named_parameters() if value.grad is not None}
        assert any(name.startswith("head.") for name in reached)
        assert any(name.startswith("model.") for name in reached) != detach


@pytest.mark.parametrize("actor", ["koopman", "nonlinear"])
def test_the_dynamics_loss_reaches_the_dynamics_alone(actor: str) -> None:
    network = make_residual_actor(dataclasses.replace(CONFIG, actor=actor))
    observation, action = inputs()
    network.koopman_loss(observation, action, observation.flip(0)).backward()
    reached = {name for name, value in network.named_parameters() if value.grad is not None}
    assert reached == {name for name, _ in network.named_parameters() if name.startswith("model.")}


def test_a_plain_actor_has_no_dynamics() -> None:
    network = make_residual_actor(dataclasses.replace(CONFIG, actor="mlp"))
    observation, action = inputs()
    assert network.dynamics is None
    assert float(network.koopman_loss(observation, action, observation)) == 0.0


def test_bounded_residuals_stay_within_one() -> None:
    residual = moved(dataclasses.replace(CONFIG, bounded=True))(*inputs()).detach()
    assert 0.9 < float(residual.abs().max()) <= 1.0
    assert float(moved(CONFIG)(*inputs()).detach().abs().max()) > 1.0


@pytest.mark.parametrize("actor", ACTORS)
def test_the_goal_matters_and_can_be_given(actor: str) -> None:
    network = make_residual_actor(dataclasses.replace(CONFIG, actor=actor, goal=True))
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.1)
    goal = torch.linspace(-1, 1, OBSERVATION)
    before = network(*inputs())
    given = network(*inputs(), goal=goal)
    network.set_goal(goal)
    assert torch.equal(network(*inputs()), given)
    assert not torch.equal(before, given)
    assert torch.equal(network.state_dict()["goal"], goal)


def test_actors_without_goals_refuse_them() -> None:
    network = make_residual_actor(CONFIG)
    with pytest.raises(ValueError, match="takes no goal"):
        network.set_goal(torch.zeros(OBSERVATION))
    with pytest.raises(ValueError, match="takes no goal"):
        network(*inputs(), goal=torch.zeros(OBSERVATION))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"actor": "korr"}, "unknown residual actor 'korr'"),
        ({"initialisation": "scale"}, "did you mean 'scaled'"),
        ({"lifted_size": 0}, "lifted_size=0 is not valid"),
        ({"hidden_size": -1}, "hidden_size=-1 is not valid"),
    ],
)
def test_actors_that_do_not_exist(changes: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        make_residual_actor(dataclasses.replace(CONFIG, **changes))


def test_hidden_layers_keep_the_size_of_what_passes() -> None:
    torch.manual_seed(0)
    layers = perceptron(64, 512, 8)
    hidden = layers[:4](torch.randn(256, 64))
    assert float(hidden.detach().square().mean()) == pytest.approx(1.0, rel=0.3)
