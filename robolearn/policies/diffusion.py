"""The base policy: a diffusion model of action chunks (arXiv 2303.04137, and KORR A.4)."""

import torch
from torch import Tensor

from robolearn.data.normalisation import MinMaxNormaliser
from robolearn.errors import UserError
from robolearn.policies.chunk_memory import ChunkMemory
from robolearn.policies.context import Context
from robolearn.policies.denoisers.registry import make_denoiser
from robolearn.policies.noise_schedule import NoiseSchedule
from robolearn.policies.policy import NORMALISED_LIMIT, Policy
from robolearn.policies.settings import DiffusionSettings
from robolearn.specification import TaskSpec


class DiffusionPolicy(Policy):
    """Plans a chunk of actions from one observation, carries out its beginning, and plans again.

    Each world plans when its own chunk is used up; those that plan at the same moment do so as one batch.
    Planning draws from the policy's own random sequence, on the CPU whatever the device; `seed` restarts it.
    Observations are clamped to +-NORMALISED_LIMIT once normalised.
    """

    def __init__(
        self,
        settings: DiffusionSettings,
        spec: TaskSpec,
        observation_normaliser: MinMaxNormaliser,
        action_normaliser: MinMaxNormaliser,
    ) -> None:
        """Raises UserError for settings that make no policy."""
        super().__init__()
        if not 1 <= settings.execution_horizon <= settings.prediction_horizon:
            raise UserError(
                f"execution_horizon={settings.execution_horizon} is not valid: "
                f"1 to prediction_horizon={settings.prediction_horizon}"
            )
        self.settings = settings
        self.observation_normaliser = observation_normaliser
        self.action_normaliser = action_normaliser
        self.observation_size = spec.observation.size
        self.action_size = spec.action.size
        self._context = Context(settings.context, spec)
        self.schedule = NoiseSchedule(settings.noise)
        self.denoiser = make_denoiser(
            settings.denoiser, settings.prediction_horizon, self.action_size, self._context.size
        )
        self._generator = torch.Generator().manual_seed(0)
        self._memory = self._blank_memory(0)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.action_normaliser.minimum.device

    def seed(self, seed: int) -> None:
        """Restart the random sequence that planning draws from."""
        self._generator.manual_seed(seed)

    def reset(self, env_ids: Tensor | None = None, num_envs: int | None = None) -> None:
        """See Policy.reset. The chunk of a world goes, and with it what a warm start would use."""
        size = len(self._memory) if num_envs is None else num_envs
        if size != len(self._memory) or self._memory.chunk.device != self.device:
            self._memory = self._blank_memory(size)
        self._memory.clear(env_ids)

    def act(self, observation: Tensor) -> Tensor:
        """See Policy.act."""
        return self.action_normaliser.unnormalise(self.base_action(observation)[0])

    @torch.no_grad()
    def base_action(self, observation: Tensor, env_ids: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Take the next action of each world's chunk, planning where there is none left.

        observation: (K, O), raw, of the worlds env_ids, (K,) int64, or of all; on any device

        Returns normalised actions (K, A) and their places in their chunks, (K,) in [0, 1), on the policy's.
        """
        observation = observation.to(self.device)
        worlds = torch.arange(len(self._memory), device=self.device) if env_ids is None else env_ids
        if len(worlds) != len(observation):
            raise ValueError(
                f"{len(observation)} observations for {len(worlds)} worlds: call reset(num_envs=...)"
            )
        planning = self._memory.cursor[worlds] == self._memory.executed
        if bool(planning.any()):
            self._plan(worlds[planning], observation[planning])
        return self._memory.pop(worlds)

    def _plan(self, worlds: Tensor, observation: Tensor) -> None:
        draft = drafted = None
        if self.settings.warm_start:
            draft, drafted = self._memory.draft(worlds), self._memory.filled[worlds]
        self._memory.put(worlds, self.sample(self.context(observation), draft, drafted))

    @property
    def context_size(self) -> int:
        """Entries C of a context."""
        return self._context.size

    def context(self, observation: Tensor) -> Tensor:
        """What networks see, the denoiser and any residual: contexts (N, C) of raw observations (N, O)."""
        return self._context(observation, self.normalised(observation))

    def normalised(self, observation: Tensor) -> Tensor:
        """Normalised and clamped observations (N, O) of raw ones."""
        normalised = self.observation_normaliser.normalise(observation)
        return normalised.clamp(-NORMALISED_LIMIT, NORMALISED_LIMIT)

    def sample(self, context: Tensor, draft: Tensor | None = None, drafted: Tensor | None = None) -> Tensor:
        """Normalised chunks (N, H, A) for contexts (N, C); drafts as NoiseSchedule.sample."""
        shape = (len(context), self.settings.prediction_horizon, self.action_size)
        noise = torch.randn(shape, generator=self._generator).to(self.device)
        return self.schedule.sample(
            lambda noisy, step: self.denoiser(noisy, step, context), noise, draft, drafted
        )

    def loss(
        self, context: Tensor, chunk: Tensor, step: Tensor, noise: Tensor, weight: float | Tensor = 1.0
    ) -> Tensor:
        """Mean squared error of the denoiser's prediction, a scalar.

        context: (N, C); chunk: (N, H, A), normalised; step: (N,) int64; noise: (N, H, A), Gaussian
        weight: factors (H, A) of the squared errors
        """
        noisy = self.schedule.add_noise(chunk, noise, step)
        error = self.denoiser(noisy, step, context) - self.schedule.target(chunk, noise, step)
        return (error.square() * weight).mean()

    def memory(self) -> dict[str, Tensor]:
        """Everything remembered between calls: chunks, and the place in the random sequence."""
        return {**self._memory.state(), "generator": self._generator.get_state()}

    def set_memory(self, memory: dict[str, Tensor]) -> None:
        """Go on from what `memory` gave."""
        self._memory.restore(memory)
        self._generator.set_state(memory["generator"])

    def _blank_memory(self, num_envs: int) -> ChunkMemory:
        settings = self.settings
        return ChunkMemory(
            num_envs, settings.prediction_horizon, self.action_size, settings.execution_horizon, self.device
        )
