"""The Koopman loss against systems and gradients that are known."""

import pytest
import torch
from torch import Tensor, nn

from robolearn.koopman.dynamics import Dynamics
from robolearn.koopman.model import KoopmanModel
from robolearn.koopman.perceptron_dynamics import PerceptronDynamics
from robolearn.policies.networks import last_layer

OBSERVATION, ACTION, LIFTED = 3, 2, 5


class LinearDynamics(KoopmanModel):
    """A Koopman model whose lift is a matrix, so that a linear system is exactly within reach."""

    def __init__(self, lift: Tensor) -> None:
        super().__init__(OBSERVATION, ACTION, LIFTED, 4, "scaled")
        self.matrix = nn.Parameter(lift)

    def lifted(self, observation: Tensor) -> Tensor:
        return observation @ self.matrix.T


def linear_system() -> tuple[LinearDynamics, Tensor, Tensor]:
    """A model that is exactly right about trajectories (N, H + 1, O) under actions (N, H, A)."""
    generator = torch.Generator().manual_seed(0)
    transition = torch.randn(OBSERVATION, OBSERVATION, generator=generator) * 0.4
    response = torch.randn(OBSERVATION, ACTION, generator=generator)
    lift = torch.randn(LIFTED, OBSERVATION, generator=generator)
    observations = [torch.randn(6, OBSERVATION, generator=generator)]
    actions = torch.randn(6, 4, ACTION, generator=generator)
    for action in actions.unbind(dim=1):
        observations.append(observations[-1] @ transition.T + action @ response.T)
    model = LinearDynamics(lift)
    with torch.no_grad():
        model.A.copy_(lift @ transition @ torch.linalg.pinv(lift))
        model.B.copy_(lift @ response)
    return model, torch.stack(observations, dim=1), actions


def koopman(initialisation: str = "scaled") -> KoopmanModel:
    torch.manual_seed(0)
    return KoopmanModel(OBSERVATION, ACTION, LIFTED, 16, initialisation)


def batch(count: int = 9) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(2)
    shapes = ((count, OBSERVATION), (count, ACTION), (count, OBSERVATION))
    observation, action, following = (torch.randn(shape, generator=generator) for shape in shapes)
    return observation, action, following


def test_the_loss_of_an_exactly_linear_system_is_zero() -> None:
    model, observations, actions = linear_system()
    one_step = model.loss(observations[:, 0], actions[:, 0], observations[:, 1])
    assert float(one_step.detach()) == pytest.approx(0.0, abs=1e-10)
    assert float(model.multi_step_loss(observations, actions).detach()) == pytest.approx(0.0, abs=1e-10)
    with torch.no_grad():
        model.A.add_(0.01)
    assert float(model.multi_step_loss(observations, actions).detach()) > 1e-6


def test_the_loss_is_the_mean_square_of_the_published_difference() -> None:
    model = koopman()
    observation, action, following = batch()
    with torch.no_grad():
        rows = [
            model.A @ model.lift(x) + model.B @ u - model.lift(y)
            for x, u, y in zip(observation, action, following, strict=True)
        ]
        expected = torch.stack(rows).square().mean()
        torch.testing.assert_close(model.loss(observation, action, following), expected)


@pytest.mark.parametrize("stop", [False, True])
@pytest.mark.parametrize("kind", ["koopman", "perceptron"])
def test_one_step_of_many_is_the_one_step_loss(kind: str, stop: bool) -> None:
    torch.manual_seed(0)
    model: Dynamics = koopman() if kind == "koopman" else PerceptronDynamics(OBSERVATION, ACTION, 16)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.3)
    observation, action, following = batch()
    one = model.loss(observation, action, following, stop_target_gradient=stop)
    gradient = torch.autograd.grad(one, list(model.parameters()))
    many = model.multi_step_loss(
        torch.stack([observation, following], dim=1), action[:, None], stop_target_gradient=stop
    )
    torch.testing.assert_close(many, one)
    for found, expected in zip(torch.autograd.grad(many, list(model.parameters())), gradient, strict=True):
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("initialisation", ["scaled", "published"])
def test_gradients_match_finite_differences(initialisation: str) -> None:
    model = koopman(initialisation).double()
    with torch.no_grad():
        last_layer(model.lift).weight.add_(0.1)
    observation, action, following = (value.double() for value in batch())
    names, parameters = zip(*model.named_parameters(), strict=True)

    def loss(*values: Tensor) -> Tensor:
        named = {f"model.{name}": value for name, value in zip(names, values, strict=True)}
        return torch.func.functional_call(_Loss(model), named, arguments)

    arguments = (observation, action, following)
    assert torch.autograd.gradcheck(loss, parameters, eps=1e-6, atol=1e-6)


class _Loss(nn.Module):
    def __init__(self, model: KoopmanModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, observation: Tensor, action: Tensor, following: Tensor) -> Tensor:
        return self.model.loss(observation, action, following)


def test_the_target_moves_unless_its_gradient_is_stopped() -> None:
    model = koopman()
    observation, action, following = batch()
    with torch.no_grad():
        model.A.zero_()
        model.B.zero_()
    moving = torch.autograd.grad(model.loss(observation, action, following), last_layer(model.lift).weight)[0]
    stopped = torch.autograd.grad(
        model.loss(observation, action, following, stop_target_gradient=True), last_layer(model.lift).weight
    )[0]
    assert float(moving.abs().max()) > 0.0
    assert float(stopped.abs().max()) == 0.0, "only the target depends on the lift here"


def test_roll_outs_advance_one_step_after_the_other() -> None:
    model = koopman()
    latent, actions = torch.randn(4, LIFTED), torch.randn(4, 3, ACTION)
    rolled = model.roll_out(latent, actions)
    for step in range(3):
        latent = model.advance(latent, actions[:, step])
        assert torch.equal(rolled[:, step], latent)


def test_the_scaled_start_holds_information_and_stands_still() -> None:
    model = koopman()
    observation, action, _ = batch(200)
    latent = model.lifted(observation)
    assert float(latent.detach().var(dim=0).min()) > 0.01
    assert torch.equal(model.imagine(observation, 0 * action), latent)


def test_the_published_start_lifts_to_zero_with_a_wide_spectrum() -> None:
    model = KoopmanModel(OBSERVATION, ACTION, 256, 16, "published")
    observation, _, _ = batch()
    assert float(model.lifted(observation).detach().abs().max()) == 0.0
    radius = float(torch.linalg.eigvals(model.A.detach()).abs().max())
    assert radius == pytest.approx(16.0, rel=0.15)
