"""Where a residual run works: the task's worlds, the frozen base policy, and held-back episodes."""

import copy
from collections.abc import Callable

from torch import Tensor

from robolearn.environment import BatchedEnvironment, episode_seeds
from robolearn.errors import UserError
from robolearn.reinforcement.residual_environment import (
    BasePolicy,
    Correction,
    ResidualEnvironment,
    ResidualLayout,
)
from robolearn.reinforcement.seeds import training_stream, validation_stream
from robolearn.reinforcement.settings import ResidualSettings
from robolearn.reinforcement.validation import ValidationResult, validate
from robolearn.specification import TaskSpec


class Workplace:
    """The worlds of a run and the policy that it refines. `close` releases their threads."""

    def __init__(self, settings: ResidualSettings, base: BasePolicy, base_spec: TaskSpec) -> None:
        """base_spec: the task that the base was trained for. Raises UserError when it is another."""
        _check_sizes(settings)
        self.settings = settings
        self._environment = _environment(settings, settings.num_envs)
        self._held_back: BatchedEnvironment | None = None
        self.spec = self._environment.spec
        _check_task(settings.base, base_spec, self.spec)
        self.layout = ResidualLayout(self.spec.observation.size, self.spec.action.size)
        self.correction = Correction(base, self.layout, settings.action_scale)
        self.worlds = ResidualEnvironment(self._environment, self.correction, training_stream(settings.seed))

    def validation(self, residual: Callable[[Tensor], Tensor]) -> Callable[[], ValidationResult]:
        """Measures `residual` on the run's held-back episodes, the same ones every time."""
        episodes = self.settings.validation.episodes
        seeds = episode_seeds(validation_stream(self.settings.seed), 0, episodes)
        base = copy.deepcopy(self.correction.base)
        memory = base.memory()
        correction = Correction(base, self.layout, self.settings.action_scale)

        def measure() -> ValidationResult:
            if self._held_back is None:
                self._held_back = _environment(self.settings, min(self.settings.num_envs, episodes))
            base.set_memory(memory)
            return validate(self._held_back, correction, residual, seeds)

        return measure

    def close(self) -> None:
        """Release the worlds' threads."""
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
    for name, value in (("num_envs", settings.num_envs), ("total_steps", settings.total_steps)):
        if value < 1:
            raise UserError(f"{name}={value} is not valid: it must be at least 1")
    if settings.validation.every_iterations and settings.validation.episodes < 1:
        raise UserError(f"validation.episodes={settings.validation.episodes} is not valid: at least 1")
    if settings.action_scale <= 0.0:
        raise UserError(f"action_scale={settings.action_scale} is not valid: it must be positive")


def _check_task(base: str, found: TaskSpec, expected: TaskSpec) -> None:
    if found.name != expected.name:
        raise UserError(f"base={base} was trained for task '{found.name}', not '{expected.name}'")
    if (found.observation, found.action) != (expected.observation, expected.action):
        raise UserError(f"base={base} disagrees with '{expected.name}' on observations or actions")
