"""Sizes and shapes of the denoisers, and what they refuse."""

from dataclasses import replace

import pytest
import torch

from robolearn.errors import UserError
from robolearn.policies.denoisers.denoiser import StepEmbedding
from robolearn.policies.denoisers.registry import make_denoiser
from robolearn.policies.networks import count_parameters
from robolearn.policies.settings import DenoiserSettings, MlpSettings, UnetSettings

HORIZON, ACTION, OBSERVATION = 32, 10, 58
SMALL = {
    "mlp": DenoiserSettings("mlp", mlp=MlpSettings(width=16, hidden_size=24, blocks=2, step_size=8)),
    "unet": DenoiserSettings("unet", unet=UnetSettings([8, 16, 24], kernel_size=3, groups=4, step_size=8)),
}


def test_the_u_net_has_the_published_size() -> None:
    with torch.device("meta"):
        count = count_parameters(make_denoiser(DenoiserSettings("unet"), HORIZON, ACTION, OBSERVATION))
    assert count == pytest.approx(66.1e6, rel=1e-3)


def test_the_perceptron_has_about_a_million_parameters() -> None:
    count = count_parameters(make_denoiser(DenoiserSettings(), HORIZON, ACTION, OBSERVATION))
    assert 0.8e6 < count < 2e6


@pytest.mark.parametrize("name", SMALL)
def test_every_input_matters_and_the_shape_is_kept(name: str) -> None:
    torch.manual_seed(0)
    network = make_denoiser(SMALL[name], 8, 3, 5)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    noisy, step, observation = torch.randn(4, 8, 3), torch.tensor([0, 30, 60, 99]), torch.randn(4, 5)
    result = network(noisy, step, observation)
    assert result.shape == noisy.shape
    for changed in (
        network(noisy + 0.1, step, observation),
        network(noisy, step + 1, observation),
        network(noisy, step, observation + 0.1),
    ):
        assert bool(((changed - result).abs().amax(dim=(1, 2)) > 1e-5).all())


@pytest.mark.parametrize("name", SMALL)
def test_rows_of_a_batch_do_not_mix(name: str) -> None:
    network = make_denoiser(SMALL[name], 8, 3, 5)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    noisy, step, observation = torch.randn(4, 8, 3), torch.tensor([0, 30, 60, 99]), torch.randn(4, 5)
    together = network(noisy, step, observation)
    alone = torch.cat([network(noisy[i : i + 1], step[i : i + 1], observation[i : i + 1]) for i in range(4)])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-4)


def test_the_perceptron_predicts_zero_at_the_start() -> None:
    network = make_denoiser(SMALL["mlp"], 8, 3, 5)
    result = network(torch.randn(4, 8, 3), torch.tensor([0, 30, 60, 99]), torch.randn(4, 5))
    assert float(result.detach().abs().max()) == 0.0


def test_steps_are_embedded_apart() -> None:
    embedded = StepEmbedding(16)(torch.arange(100))
    assert embedded.shape == (100, 16)
    distances = torch.cdist(embedded, embedded) + 10 * torch.eye(100)
    assert float(distances.min()) > 0.1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (DenoiserSettings("mpl"), "unknown denoiser 'mpl': valid are mlp, unet; did you mean 'mlp'"),
        (replace(SMALL["mlp"], mlp=MlpSettings(width=0)), "mlp.width=0 is not valid"),
        (replace(SMALL["mlp"], mlp=MlpSettings(step_size=5)), "mlp.step_size=5 is not valid"),
        (replace(SMALL["unet"], unet=UnetSettings([])), "number of unet.channels=0 is not valid"),
        (
            replace(SMALL["unet"], unet=UnetSettings([12], groups=8)),
            "12 is not valid: a multiple",
        ),
        (replace(SMALL["unet"], unet=UnetSettings([8], groups=0)), "unet.groups=0 is not valid"),
        (replace(SMALL["unet"], unet=UnetSettings(kernel_size=4)), "unet.kernel_size=4 is not valid"),
        (replace(SMALL["unet"], unet=UnetSettings([8, 8, 8, 8, 8])), "the U-Net halves it 4 times"),
    ],
)
def test_sizes_that_make_no_network(settings: DenoiserSettings, message: str) -> None:
    with pytest.raises(UserError, match=message):
        make_denoiser(settings, 8, 3, 5)
