"""Adding noise to chunks and taking it away again, with the schedulers of `diffusers`."""

from collections.abc import Callable

import torch
from torch import Tensor

from robolearn.errors import UserError, unknown_name
from robolearn.policies.settings import NoiseSettings

PREDICTIONS = ("epsilon", "sample", "v_prediction")
SPACINGS = ("leading", "trailing")


class NoiseSchedule:
    """DDPM's forward process and DDIM's deterministic way back (arXiv 2010.02502), samples within [-1, 1]."""

    def __init__(self, settings: NoiseSettings) -> None:
        """Raises UserError for settings that name no such process."""
        if settings.prediction not in PREDICTIONS:
            raise unknown_name("prediction", settings.prediction, PREDICTIONS)
        if settings.spacing not in SPACINGS:
            raise unknown_name("spacing", settings.spacing, SPACINGS)
        if not 1 <= settings.sampling_steps <= settings.training_steps:
            raise UserError(
                f"sampling_steps={settings.sampling_steps} is not valid: "
                f"1 to training_steps={settings.training_steps}"
            )
        # Its seconds of importing are for policies that diffuse.
        from diffusers.schedulers.scheduling_ddim import DDIMScheduler

        self.settings = settings
        self._scheduler = DDIMScheduler(
            num_train_timesteps=settings.training_steps,
            beta_schedule="squaredcos_cap_v2",
            clip_sample=True,
            prediction_type=settings.prediction,
            timestep_spacing=settings.spacing,
        )
        self._scheduler.set_timesteps(settings.sampling_steps)

    def add_noise(self, sample: Tensor, noise: Tensor, step: Tensor) -> Tensor:
        """Samples (N, ...) with as much of `noise` (N, ...) as belongs to the steps (N,) int64."""
        return self._scheduler.add_noise(sample, noise, step)  # pyright: ignore[reportArgumentType]

    def target(self, sample: Tensor, noise: Tensor, step: Tensor) -> Tensor:
        """What the network should predict at `add_noise` of the same arguments."""
        if self.settings.prediction == "epsilon":
            return noise
        if self.settings.prediction == "sample":
            return sample
        return self._scheduler.get_velocity(sample, noise, step)  # pyright: ignore[reportArgumentType]

    def sample(
        self,
        predict: Callable[[Tensor, Tensor], Tensor],
        noise: Tensor,
        draft: Tensor | None = None,
        drafted: Tensor | None = None,
    ) -> Tensor:
        """Denoise `noise` (N, ...) in `sampling_steps` steps of DDIM without added noise.

        predict: the network, of noisy samples (N, ...) and steps (N,)
        draft, drafted: samples (N, ...) from which those where `drafted` (N,) is true start half-way,
            noised to the first sampling step in the schedule's second half (KORR's warm start, A.4)
        """
        sample = noise
        for step in self._scheduler.timesteps.tolist():
            steps = torch.full((len(noise),), step, dtype=torch.int64, device=noise.device)
            if draft is not None and drafted is not None and step <= self.settings.training_steps // 2:
                started = drafted.view(-1, *[1] * (noise.ndim - 1))
                sample = torch.where(started, self.add_noise(draft, noise, steps), sample)
                draft = None
            prediction = predict(sample, steps)
            sample = self._scheduler.step(prediction, step, sample, return_dict=False)[0]
        return sample
