"""Prediction errors along trajectories, against a plain loop and systems that are known."""

import pytest
import torch

from robolearn.koopman.model import KoopmanModel
from robolearn.koopman.prediction_error import HORIZONS, STRIDE, Trajectories, prediction_errors

STEPS, WORLDS, OBSERVATION, ACTION = 60, 3, 4, 2


def trajectories(length: tuple[int, ...] = (60, 40, 7)) -> Trajectories:
    generator = torch.Generator().manual_seed(0)
    return Trajectories(
        torch.randn(STEPS, WORLDS, OBSERVATION, generator=generator).cumsum(dim=0),
        torch.randn(STEPS, WORLDS, ACTION, generator=generator),
        torch.tensor(length),
    )


def model() -> KoopmanModel:
    torch.manual_seed(0)
    made = KoopmanModel(OBSERVATION, ACTION, 5, 16, "scaled")
    with torch.no_grad():
        made.A.mul_(0.95)
    return made


def test_errors_match_a_plain_loop() -> None:
    recorded, dynamics = trajectories(), model()
    found = prediction_errors(dynamics, recorded)
    for horizon in HORIZONS:
        errors, standing = [], []
        for world, length in enumerate(recorded.length.tolist()):
            for start in range(0, STEPS, STRIDE):
                if start + horizon >= length:
                    continue
                with torch.no_grad():
                    first = latent = dynamics.lifted(recorded.observation[start, world])
                    for step in range(start, start + horizon):
                        latent = dynamics.advance(latent, recorded.executed[step, world])
                    truth = dynamics.lifted(recorded.observation[start + horizon, world])
                errors.append((latent - truth).square().mean())
                standing.append((first - truth).square().mean())
        name = f"koopman/error_{horizon}_ahead"
        assert found[name] == pytest.approx(float(torch.stack(errors).mean()), rel=1e-4)
        share = torch.stack(errors).mean() / torch.stack(standing).mean()
        assert found[f"{name}_over_standing_still"] == pytest.approx(float(share), rel=1e-4)


def test_standing_still_counts_as_one() -> None:
    dynamics = model()
    with torch.no_grad():
        dynamics.A.copy_(torch.eye(5))
        dynamics.B.zero_()
    found = prediction_errors(dynamics, trajectories())
    assert all(found[f"koopman/error_{h}_ahead_over_standing_still"] == pytest.approx(1.0) for h in HORIZONS)


def test_horizons_longer_than_every_episode_are_left_out() -> None:
    found = prediction_errors(model(), trajectories((9, 5, 3)))
    assert "koopman/error_8_ahead" in found
    assert "koopman/error_32_ahead" not in found
    assert prediction_errors(model(), trajectories((1, 1, 1))) == {}
