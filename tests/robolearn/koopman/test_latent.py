import pytest
import torch

from robolearn.koopman.latent import SHOWN_EIGENVALUES, diagnose, effective_rank, eigenvalue_magnitudes
from robolearn.koopman.model import KoopmanModel
from robolearn.policies.networks import last_layer


def test_the_rank_counts_the_directions_that_vary() -> None:
    generator = torch.Generator().manual_seed(0)
    spread = torch.randn(4000, 6, generator=generator)
    assert effective_rank(spread) == pytest.approx(6.0, rel=0.01)
    assert effective_rank(spread[:, :2] @ torch.randn(2, 6, generator=generator)) <= 2.001
    line = torch.randn(100, 1, generator=generator) * torch.ones(6)
    assert effective_rank(line) == pytest.approx(1.0, abs=1e-3)
    assert effective_rank(torch.ones(10, 6)) == 0.0


def test_two_unequal_directions_count_as_the_entropy_says() -> None:
    values = torch.tensor([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    shares = torch.tensor([0.9, 0.1])
    assert effective_rank(values) == pytest.approx(float((-shares * shares.log()).sum().exp()))


def test_magnitudes_of_a_matrix_with_known_eigenvalues() -> None:
    turning = torch.tensor([[0.6, -0.8, 0.0], [0.8, 0.6, 0.0], [0.0, 0.0, -2.0]])
    torch.testing.assert_close(eigenvalue_magnitudes(turning), torch.tensor([2.0, 1.0, 1.0]).double())


def test_a_collapsed_latent_is_seen() -> None:
    torch.manual_seed(0)
    model = KoopmanModel(6, 2, 8, 16, "scaled")
    observation = torch.randn(500, 6)
    found = diagnose(model, observation)
    assert found["koopman/latent_variance"] > 0.01
    assert 1.0 < found["koopman/latent_rank"] <= 8.0
    assert [found[f"koopman/eigenvalue_{place}"] for place in range(1, SHOWN_EIGENVALUES + 1)] == [1.0] * 4
    assert found["koopman/unstable_eigenvalues"] == 0.0
    with torch.no_grad():
        last_layer(model.lift).weight.zero_()
        model.A.mul_(1.5)
    collapsed = diagnose(model, observation)
    assert (collapsed["koopman/latent_variance"], collapsed["koopman/latent_rank"]) == (0.0, 0.0)
    assert collapsed["koopman/unstable_eigenvalues"] == 8.0
