"""Settings of policies; apart from what they build, so that asking for help imports no torch."""

from dataclasses import dataclass, field


@dataclass
class NoiseSettings:
    """The diffusion process.

    training_steps: of the squared-cosine schedule (KORR, A.4)
    sampling_steps: of DDIM when acting; the published evaluations use 4
    prediction: what the network predicts: sample, epsilon (the noise, as published) or v_prediction; the
        perceptron is narrower than a chunk, so it can predict actions, which are much alike, but not noise
    spacing: where sampling starts: trailing (at pure noise) or leading (a step below it, as published);
        epsilon needs leading, since at pure noise it says nothing about the sample
    """

    training_steps: int = 100
    sampling_steps: int = 4
    prediction: str = "sample"
    spacing: str = "trailing"


@dataclass
class MlpSettings:
    """Sizes of the perceptron.

    width: of the residual stream
    hidden_size: of each block
    blocks: residual blocks
    step_size: entries of the diffusion step's embedding
    """

    width: int = 256
    hidden_size: int = 512
    blocks: int = 3
    step_size: int = 64


@dataclass
class UnetSettings:
    """Sizes of the U-Net; the defaults are KORR's and ResiP's (A.4), 66 million parameters.

    channels: at each resolution, halved in time from one to the next
    kernel_size: of the convolutions over time, odd
    groups: of the group normalisation
    step_size: entries of the diffusion step's embedding
    """

    channels: list[int] = field(default_factory=lambda: [256, 512, 1024])
    kernel_size: int = 5
    groups: int = 8
    step_size: int = 256


@dataclass
class DenoiserSettings:
    """Which network denoises, and the sizes of each.

    name: mlp (about a million parameters, for two processor cores) or unet (66 million, for a GPU)
    """

    name: str = "mlp"
    mlp: MlpSettings = field(default_factory=MlpSettings)
    unet: UnetSettings = field(default_factory=UnetSettings)


@dataclass
class ContextSettings:
    """What the network sees besides the normalised observation, and what it does not.

    relative_poses: pairs "reference:body" of observed bodies; it sees the body's pose in the other's frame
    ignored: bodies whose entries are hidden from it, such as bystanders that tell demonstrations apart
    """

    relative_poses: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


@dataclass
class DiffusionSettings:
    """A diffusion policy.

    prediction_horizon: control steps of a chunk
    execution_horizon: of which the first so many are carried out before the next chunk is planned
    warm_start: sample from the noised rest of the last chunk instead of from pure noise, as KORR does
    """

    prediction_horizon: int = 32
    execution_horizon: int = 8
    warm_start: bool = False
    context: ContextSettings = field(default_factory=ContextSettings)
    noise: NoiseSettings = field(default_factory=NoiseSettings)
    denoiser: DenoiserSettings = field(default_factory=DenoiserSettings)
