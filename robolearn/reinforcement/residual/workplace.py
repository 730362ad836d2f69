"""Where a residual run works: the task's worlds, the frozen base policy, and held-back episodes."""

import copy
from types import TracebackType
from typing import Self

from robolearn.checks import check_at_least, check_positive
from robolearn.environment import BatchedEnvironment, episode_seeds
from robolearn.koopman.prediction_error import prediction_errors
from robolearn.policies.agreement import require_agreement
from robolearn.reinforcement.residual.residual_environment import (
    BasePolicy,
    Correction,
    ResidualEnvironment,
    ResidualLayout,
)
from robolearn.reinforcement.residual.settings import ResidualSettings
from robolearn.reinforcement.residual.trainer import ResidualTrainer
from robolearn.reinforcement.residual.validation import SUCCESS_RATE, TrajectoryRecorder, validate
from robolearn.reinforcement.seeds import training_stream, validation_stream
from robolearn.specification import TaskSpec
from robolearn.training.session import Measurement

RECORDED_WORLDS = 32
"""Held-back episodes that the dynamics' prediction errors are measured along."""


class Workplace:
    """The worlds of a run and the policy that it refines; a context that releases their threads."""

    def __init__(self, settings: ResidualSettings, base: BasePolicy, base_spec: TaskSpec) -> None:
        """base_spec: the task that the base was trained for. Raises UserError when it is another."""
        _check_sizes(settings)
        self.settings = settings
        self._environment = _environment(settings, settings.num_envs)
        self._held_back: BatchedEnvironment | None = None
        self.spec = self._environment.spec
        require_agreement(base_spec, self.spec, f"base={settings.base}")
        self.layout = ResidualLayout(base.context_size, self.spec.action.size)
        self.correction = Correction(base, self.layout, settings.action_scale)
        stream = training_stream(settings.seed)
        self.worlds = ResidualEnvironment(self._environment, self.correction, stream, settings.episode_steps)

    def measurement(self, trainer: ResidualTrainer) -> Measurement:
        """Success on the run's held-back episodes, the same ones every time, and prediction errors there."""
        episodes = self.settings.validation.episodes
        seeds = episode_seeds(validation_stream(self.settings.seed), 0, episodes)
        base = copy.deepcopy(self.correction.base)
        memory = base.memory()
        correction = Correction(base, self.layout, self.settings.action_scale)

        def measure() -> dict[str, float]:
            if self._held_back is None:
                self._held_back = _environment(self.settings, min(self.settings.num_envs, episodes))
            base.set_memory(memory)
            recorder = TrajectoryRecorder(self.layout, RECORDED_WORLDS)
            result = validate(self._held_back, correction, trainer.residual, seeds, recorder)
            dynamics = trainer.actor.dynamics
            errors = prediction_errors(dynamics, recorder.trajectories()) if dynamics is not None else {}
            return result.metrics() | errors

        return Measurement(measure, self.settings.validation.every_iterations, score=SUCCESS_RATE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.worlds.close()
        if self._held_back is not None:
            self._held_back.close()


def _environment(settings: ResidualSettings, num_envs: int) -> BatchedEnvironment:
    from envs.registry import make_environment

    return make_environment(
        settings.task,
        num_envs,
        randomness=settings.randomness,
        disturbance=settings.disturbance,
        num_threads=settings.num_threads,
    )


def _check_sizes(settings: ResidualSettings) -> None:
    check_at_least(1, num_envs=settings.num_envs, total_steps=settings.total_steps)
    if settings.validation.every_iterations:
        check_at_least(1, **{"validation.episodes": settings.validation.episodes})
    check_positive(action_scale=settings.action_scale)
    if settings.episode_steps is not None:
        check_at_least(1, episode_steps=settings.episode_steps)
