"""Denoisers by name, with the settings of each."""

from dataclasses import dataclass, field

from robolearn.errors import unknown_name
from robolearn.policies.denoisers.denoiser import Denoiser
from robolearn.policies.denoisers.mlp import MlpDenoiser, MlpSettings
from robolearn.policies.denoisers.unet import UnetDenoiser, UnetSettings

NAMES = ("mlp", "unet")


@dataclass
class DenoiserSettings:
    """Which network denoises, and the sizes of each.

    name: mlp (about a million parameters, for two processor cores) or unet (66 million, for a GPU)
    """

    name: str = "mlp"
    mlp: MlpSettings = field(default_factory=MlpSettings)
    unet: UnetSettings = field(default_factory=UnetSettings)


def make_denoiser(
    settings: DenoiserSettings, horizon: int, action_size: int, observation_size: int
) -> Denoiser:
    """Build the network for chunks of `horizon` steps; initial weights come from torch's global generator.

    Raises UserError for an unknown name.
    """
    if settings.name == "mlp":
        return MlpDenoiser(settings.mlp, horizon, action_size, observation_size)
    if settings.name == "unet":
        return UnetDenoiser(settings.unet, horizon, action_size, observation_size)
    raise unknown_name("denoiser", settings.name, NAMES)
