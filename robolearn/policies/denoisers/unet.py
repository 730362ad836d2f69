"""The one-dimensional convolutional U-Net of Diffusion Policy (arXiv 2303.04137, section 3.1), for a GPU."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from robolearn.checks import check_at_least
from robolearn.errors import UserError
from robolearn.policies.denoisers.denoiser import Denoiser, StepEmbedding, check_step_size
from robolearn.policies.settings import UnetSettings


class UnetDenoiser(Denoiser):
    """Convolutions over the chunk's time, scaled and shifted by observation and step in each block."""

    def __init__(self, settings: UnetSettings, horizon: int, action_size: int, observation_size: int) -> None:
        """Raises UserError for sizes that make no such network."""
        super().__init__()
        _check(settings, horizon)
        channels = settings.channels
        step = settings.step_size
        self.step_encoder = nn.Sequential(
            StepEmbedding(step), nn.Linear(step, 4 * step), nn.Mish(), nn.Linear(4 * step, step)
        )
        self._condition_size = step + observation_size
        self._settings = settings
        self.down = nn.ModuleList(
            self._level(inputs, outputs) for inputs, outputs in pairwise([action_size, *channels])
        )
        self.shrink = nn.ModuleList(nn.Conv1d(size, size, 3, stride=2, padding=1) for size in channels[:-1])
        self.middle = self._level(channels[-1], channels[-1])
        upward = list(pairwise(channels[::-1]))
        self.up = nn.ModuleList(self._level(2 * inputs, outputs) for inputs, outputs in upward)
        self.grow = nn.ModuleList(
            nn.ConvTranspose1d(outputs, outputs, 4, stride=2, padding=1) for _, outputs in upward
        )
        self.outward = nn.Sequential(
            _convolution(channels[0], channels[0], settings), nn.Conv1d(channels[0], action_size, 1)
        )

    def _level(self, inputs: int, outputs: int) -> nn.ModuleList:
        condition = self._condition_size
        return nn.ModuleList(
            (
                ConditionedBlock(inputs, outputs, condition, self._settings),
                ConditionedBlock(outputs, outputs, condition, self._settings),
            )
        )

    def forward(self, noisy: Tensor, step: Tensor, observation: Tensor) -> Tensor:
        """See Denoiser.forward."""
        condition = torch.cat([self.step_encoder(step), observation], dim=-1)
        stream = noisy.transpose(1, 2)
        skipped = []
        for index, level in enumerate(self.down):
            stream = _through(level, stream, condition)
            skipped.append(stream)
            if index < len(self.shrink):
                stream = self.shrink[index](stream)
        stream = _through(self.middle, stream, condition)
        for level, grow in zip(self.up, self.grow, strict=True):
            stream = _through(level, torch.cat([stream, skipped.pop()], dim=1), condition)
            stream = grow(stream)
        return self.outward(stream).transpose(1, 2)


def _check(settings: UnetSettings, horizon: int) -> None:
    check_step_size("unet.step_size", settings.step_size)
    check_at_least(1, **{"unet.groups": settings.groups, "number of unet.channels": len(settings.channels)})
    for size in settings.channels:
        if size < 1 or size % settings.groups:
            raise UserError(f"unet.channels: {size} is not valid: a multiple of groups={settings.groups}")
    if settings.kernel_size < 1 or settings.kernel_size % 2 == 0:
        raise UserError(f"unet.kernel_size={settings.kernel_size} is not valid: it takes an odd number")
    halvings = len(settings.channels) - 1
    if horizon % 2**halvings:
        raise UserError(f"prediction_horizon={horizon} is not valid: the U-Net halves it {halvings} times")


class ConditionedBlock(nn.Module):
    """Two convolutions with a shortcut; the condition scales and shifts every channel between them (FiLM)."""

    def __init__(self, inputs: int, outputs: int, condition_size: int, settings: UnetSettings) -> None:
        super().__init__()
        self.first = _convolution(inputs, outputs, settings)
        self.second = _convolution(outputs, outputs, settings)
        self.modulation = nn.Sequential(nn.Mish(), nn.Linear(condition_size, 2 * outputs))
        self.shortcut = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, stream: Tensor, condition: Tensor) -> Tensor:
        """Streams (N, C, H) under conditions (N, K)."""
        scale, shift = self.modulation(condition)[:, :, None].chunk(2, dim=1)
        return self.second(scale * self.first(stream) + shift) + self.shortcut(stream)


def _convolution(inputs: int, outputs: int, settings: UnetSettings) -> nn.Sequential:
    kernel = settings.kernel_size
    return nn.Sequential(
        nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2),
        nn.GroupNorm(settings.groups, outputs),
        nn.Mish(),
    )


def _through(level: nn.Module, stream: Tensor, condition: Tensor) -> Tensor:
    assert isinstance(level, nn.ModuleList)
    for block in level:
        stream = block(stream, condition)
    return stream
