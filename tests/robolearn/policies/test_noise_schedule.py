"""The diffusion process against its closed form."""

import math

import pytest
import torch
from torch import Tensor

from robolearn.errors import UserError
from robolearn.policies.noise_schedule import PREDICTIONS, SPACINGS, NoiseSchedule
from robolearn.policies.settings import NoiseSettings

STEPS = 100


def kept(step: int) -> float:
    """Share of the sample's variance that is left after `step`: squared cosine, betas at most 0.999."""

    def cosine(time: float) -> float:
        return math.cos((time + 0.008) / 1.008 * math.pi / 2) ** 2

    product = 1.0
    for index in range(step + 1):
        product *= 1.0 - min(1.0 - cosine((index + 1) / STEPS) / cosine(index / STEPS), 0.999)
    return product


def schedule(**changes: object) -> NoiseSchedule:
    settings = NoiseSettings(training_steps=STEPS)
    for name, value in changes.items():
        setattr(settings, name, value)
    return NoiseSchedule(settings)


def samples() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(6, 5, 2, generator=generator) * 2 - 1, torch.randn(6, 5, 2, generator=generator)


def test_noise_is_added_as_the_squared_cosine_says() -> None:
    sample, noise = samples()
    steps = torch.tensor([0, 1, 10, 50, 98, 99])
    noisy = schedule().add_noise(sample, noise, steps)
    for row, step in enumerate(steps.tolist()):
        share = kept(step)
        expected = math.sqrt(share) * sample[row] + math.sqrt(1 - share) * noise[row]
        torch.testing.assert_close(noisy[row], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_the_target_and_the_noisy_sample_give_the_sample_back(prediction: str) -> None:
    sample, noise = samples()
    steps = torch.tensor([0, 1, 10, 50, 80, 90])
    process = schedule(prediction=prediction)
    noisy, target = process.add_noise(sample, noise, steps), process.target(sample, noise, steps)
    share = torch.tensor([kept(step) for step in steps.tolist()])[:, None, None]
    if prediction == "epsilon":
        recovered = (noisy - (1 - share).sqrt() * target) / share.sqrt()
    elif prediction == "sample":
        recovered = target
    else:
        recovered = share.sqrt() * noisy - (1 - share).sqrt() * target
    torch.testing.assert_close(recovered, sample, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("prediction", PREDICTIONS)
@pytest.mark.parametrize("sampling_steps", [1, 4, 16])
def test_a_perfect_network_leads_to_its_sample(prediction: str, spacing: str, sampling_steps: int) -> None:
    sample, noise = samples()
    process = schedule(prediction=prediction, spacing=spacing, sampling_steps=sampling_steps)

    def perfect(noisy: Tensor, step: Tensor) -> Tensor:
        share = torch.tensor([kept(index) for index in step.tolist()])[:, None, None]
        implied = (noisy - share.sqrt() * sample) / (1 - share).sqrt()
        return process.target(sample, implied, step)

    torch.testing.assert_close(process.sample(perfect, noise), sample, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("spacing", "expected"), [("trailing", [99, 74, 49, 24]), ("leading", [75, 50, 25, 0])]
)
def test_sampling_visits_the_spaced_steps_from_the_noise_down(spacing: str, expected: list[int]) -> None:
    visited: list[int] = []

    def predict(noisy: Tensor, step: Tensor) -> Tensor:
        visited.append(int(step[0]))
        if len(visited) == 1:
            assert torch.equal(noisy, noise)
        return torch.zeros_like(noisy)

    _, noise = samples()
    schedule(spacing=spacing).sample(predict, noise)
    assert visited == expected


def test_a_draft_takes_over_half_way_where_there_is_one() -> None:
    sample, noise = samples()
    process, seen = schedule(), {}

    def predict(noisy: Tensor, step: Tensor) -> Tensor:
        seen[int(step[0])] = noisy
        return torch.zeros_like(noisy)

    drafted = torch.tensor([True, False, True, False, False, True])
    process.sample(predict, noise, sample, drafted)
    warm = dict(seen)
    process.sample(predict, noise)
    expected = process.add_noise(sample, noise, torch.full((6,), 49))
    assert torch.equal(warm[49][drafted], expected[drafted])
    assert torch.equal(warm[49][~drafted], seen[49][~drafted])
    assert torch.equal(warm[74], seen[74])
    assert not torch.equal(warm[24][drafted], process.add_noise(sample, noise, torch.full((6,), 24))[drafted])


def test_samples_stay_within_their_range() -> None:
    _, noise = samples()
    result = schedule().sample(lambda noisy, step: -10.0 * torch.ones_like(noisy), noise)
    assert float(result.abs().max()) <= 1.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prediction": "epsilom"}, "did you mean 'epsilon'"),
        ({"spacing": "trail"}, "did you mean 'trailing'"),
        ({"sampling_steps": 0}, "sampling_steps=0 is not valid"),
        ({"sampling_steps": 101}, "sampling_steps=101 is not valid: 1 to training_steps=100"),
    ],
)
def test_processes_that_do_not_exist(changes: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        schedule(**changes)
