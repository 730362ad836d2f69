"""Denoisers by name."""

from robolearn.errors import unknown_name
from robolearn.policies.denoisers.denoiser import Denoiser
from robolearn.policies.denoisers.mlp import MlpDenoiser
from robolearn.policies.denoisers.unet import UnetDenoiser
from robolearn.policies.settings import DenoiserSettings

NAMES = ("mlp", "unet")


def make_denoiser(
    settings: DenoiserSettings, horizon: int, action_size: int, observation_size: int
) -> Denoiser:
    """Build the network for chunks of `horizon` steps; initial weights come from torch's global generator.

    Raises UserError for an unknown name, or sizes that make no network.
    """
    if settings.name == "mlp":
        return MlpDenoiser(settings.mlp, horizon, action_size, observation_size)
    if settings.name == "unet":
        return UnetDenoiser(settings.unet, horizon, action_size, observation_size)
    raise unknown_name("denoiser", settings.name, NAMES)
