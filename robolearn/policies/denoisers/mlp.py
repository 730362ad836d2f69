"""A residual perceptron over the flattened chunk: the default, fast on two processor cores."""

import torch
from torch import Tensor, nn

from robolearn.checks import check_at_least
from robolearn.policies.denoisers.denoiser import Denoiser, StepEmbedding, check_step_size
from robolearn.policies.settings import MlpSettings


class MlpDenoiser(Denoiser):
    """Residual blocks, each scaled, shifted and gated by the observation and the diffusion step.

    The modulation is the adaptive layer normalisation of DiT (arXiv 2212.09748, 3.2): every block is the
    identity at the start, and the prediction is zero. A linear path from the observation to the chunk carries
    what a position target mostly is, the place of something else plus an offset, to the millimetre.
    """

    def __init__(self, settings: MlpSettings, horizon: int, action_size: int, observation_size: int) -> None:
        """Raises UserError for sizes that make no such network."""
        super().__init__()
        check_step_size("mlp.step_size", settings.step_size)
        width, hidden_size, blocks = settings.width, settings.hidden_size, settings.blocks
        check_at_least(1, **{"mlp.width": width, "mlp.hidden_size": hidden_size, "mlp.blocks": blocks})
        self.step_embedding = StepEmbedding(settings.step_size)
        self.condition = nn.Sequential(
            nn.Linear(observation_size + settings.step_size, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
        )
        self.inward = nn.Linear(horizon * action_size + observation_size, width)
        self.blocks = nn.ModuleList(ModulatedBlock(width, hidden_size) for _ in range(blocks))
        self.outward = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, horizon * action_size))
        self.straight = nn.Linear(observation_size, horizon * action_size)
        _zero(self.outward[-1])
        _zero(self.straight)

    def forward(self, noisy: Tensor, step: Tensor, observation: Tensor) -> Tensor:
        """See Denoiser.forward."""
        condition = self.condition(torch.cat([observation, self.step_embedding(step)], dim=-1))
        stream = self.inward(torch.cat([noisy.flatten(1), observation], dim=-1))
        for block in self.blocks:
            stream = block(stream, condition)
        return (self.outward(stream) + self.straight(observation)).view_as(noisy)


class ModulatedBlock(nn.Module):
    """x + gate(c) * perceptron(scale(c) * norm(x) + shift(c))."""

    def __init__(self, width: int, hidden_size: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulation = nn.Linear(width, 3 * width)
        self.layers = nn.Sequential(nn.Linear(width, hidden_size), nn.SiLU(), nn.Linear(hidden_size, width))
        _zero(self.modulation)

    def forward(self, stream: Tensor, condition: Tensor) -> Tensor:
        """Streams (N, W) under conditions (N, W)."""
        scale, shift, gate = self.modulation(condition).chunk(3, dim=-1)
        return stream + gate * self.layers(torch.addcmul(shift, self.norm(stream), 1.0 + scale))


def _zero(layer: nn.Module) -> None:
    assert isinstance(layer, nn.Linear)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
