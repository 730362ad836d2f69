"""A manager's policy: a perceptron over remembered frames, left and right alike."""

from typing import Final

import torch
from torch import Tensor

from robolearn.policies.manager.settings import ManagerNetworks
from robolearn.policies.policy import NORMALISED_LIMIT, Policy
from robolearn.policies.worker.memory import FrameMemory
from robolearn.policies.worker.mirror import Mirror
from robolearn.policies.worker.networks import MirroredPerceptron
from robolearn.policies.worker.scaling import observation_mean, observation_scale
from robolearn.specification import TaskSpec

COMMAND_CENTRE: Final = (0.0, 0.0, 0.0, 0.55)
COMMAND_SCALE: Final = (0.3, 0.3, 0.3, 0.2)
"""Of velocities, yaw rate and height: what the network's output of 0 means, and of 1 more."""


class ManagerPolicy(Policy):
    """Commands (N, 4), entries as `COMMAND`, for raw observations (N, O)."""

    observation_mean: Tensor
    observation_scale: Tensor
    centre: Tensor
    scale: Tensor

    def __init__(self, config: ManagerNetworks, spec: TaskSpec) -> None:
        super().__init__()
        self.config, self.spec = config, spec
        names = spec.observation.names
        self.register_buffer("observation_mean", observation_mean(names))
        self.register_buffer("observation_scale", observation_scale(names))
        self.register_buffer("centre", torch.tensor(COMMAND_CENTRE), persistent=False)
        self.register_buffer("scale", torch.tensor(COMMAND_SCALE), persistent=False)
        stacked = Mirror.of(names).repeated(len(config.lags))
        self.command_mirror = Mirror.of(spec.action.names)
        self.network = MirroredPerceptron(stacked, config.hidden, self.command_mirror, last_gain=0.1)
        self._memory: FrameMemory | None = None

    def frame(self, observation: Tensor) -> Tensor:
        """Frames (N, O) of raw observations (N, O)."""
        centred = (observation - self.observation_mean) * self.observation_scale
        return centred.clamp(-2.0 * NORMALISED_LIMIT, 2.0 * NORMALISED_LIMIT)

    def normalised(self, command: Tensor) -> Tensor:
        """Outputs of the network (N, 4) that mean commands (N, 4)."""
        return (command - self.centre) / self.scale

    def command(self, output: Tensor) -> Tensor:
        """Commands (N, 4) of outputs of the network (N, 4)."""
        return self.centre + self.scale * output

    def forward(self, frames: Tensor) -> Tensor:
        """Outputs (N, 4) of stacked frames (N, L x O)."""
        return self.network(frames)

    def reset(self, env_ids: Tensor | None = None, num_envs: int | None = None) -> None:
        """Forget the frames of the named worlds, or of all."""
        if num_envs is not None and (self._memory is None or num_envs != self._memory.frames.shape[1]):
            self._memory = FrameMemory(num_envs, self.spec.observation.size, self.config.lags)
        memory = self.memory
        memory.forget(torch.arange(memory.frames.shape[1]) if env_ids is None else env_ids)

    @torch.no_grad()
    def act(self, observation: Tensor) -> Tensor:
        """Commands (N, 4) for raw observations (N, O)."""
        return self.command(self(self.remember(observation)))

    def remember(self, observation: Tensor) -> Tensor:
        """Stacked frames (N, L x O) of raw observations (N, O) and those before."""
        return self.memory.push(self.frame(observation))

    @property
    def memory(self) -> FrameMemory:
        """What it remembers, after the first `reset`."""
        assert self._memory is not None, "reset comes first, and says num_envs"
        return self._memory
