"""A training run on disk: budget, validation, checkpoints, metrics, and going on after a kill."""

import dataclasses
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from robolearn.checkpoint import load_training_state, save_training_state
from robolearn.errors import UserError
from robolearn.reinforcement.settings import ResidualSettings
from robolearn.reinforcement.trainer import Trainer
from robolearn.reinforcement.validation import ValidationResult
from robolearn.storage import existing_directory, write_json
from robolearn.tracking import RunLogger

logger = logging.getLogger(__name__)

LATEST, BEST, STATE, SUMMARY = "checkpoint", "best", "training_state", "train.json"
"""In a run's directory: the newest policy, the one that validated best, what a kill goes on from."""

CHANGEABLE = frozenset(
    {"total_steps", "minutes", "checkpoint_minutes", "num_threads", "wandb", "out", "resume"}
)
"""Settings that a run may go on with differently."""


@dataclass
class Standing:
    """What a session remembers beside its trainer: minutes trained, and validated success rates."""

    minutes: float = 0.0
    base_success_rate: float | None = None
    best_success_rate: float | None = None
    last_success_rate: float | None = None


class Session:
    """Runs a trainer until its budget is spent.

    A checkpoint is written at the end of the first iteration that is `checkpoint_minutes` after the last,
    and the policy that validates best is kept beside the newest. `training_state` alone decides how a
    killed run goes on.
    """

    def __init__(
        self,
        settings: ResidualSettings,
        trainer: Trainer,
        validate: Callable[[], ValidationResult],
        save_policy: Callable[[Path, dict[str, Any]], None],
    ) -> None:
        """validate: success of the deterministic policy; save_policy: writes it as a checkpoint folder."""
        self.settings = settings
        self.out = Path(settings.resume or settings.out)
        self.trainer = trainer
        self.standing = Standing()
        self._validate = validate
        self._save_policy = save_policy

    def run(self) -> dict[str, Any]:
        """Train until the budget is spent; returns what `train.json` holds. Raises as `disk_errors`."""
        state = self._load() if self.settings.resume else None
        first_step = 0 if state is None else self.trainer.iteration + 1
        config = dataclasses.asdict(self.settings)
        with RunLogger(self.out, self.settings.wandb, config, first_step) as log:
            self._clock = time.monotonic()
            if state is None:
                self._start(log)
            self._train(log)
            return self._finish(log)

    def _load(self) -> dict[str, Any]:
        tensors, state = load_training_state(self.out / STATE)
        self._check_settings(state["settings"])
        self.standing = Standing(**state["standing"])
        self.trainer.restore(tensors)
        logger.info("going on at iteration %d, %d steps", self.trainer.iteration, self.trainer.steps)
        return state

    def _check_settings(self, saved: dict[str, Any]) -> None:
        for name, value in dataclasses.asdict(self.settings).items():
            if name not in CHANGEABLE and saved.get(name) != value:
                raise UserError(
                    f"resume={self.out}: {name} is {value} but the run has {saved.get(name)}; "
                    f"only {', '.join(sorted(CHANGEABLE - {'out', 'resume'}))} may change"
                )

    def _start(self, log: RunLogger) -> None:
        """Begin a new run; measures the untouched base, which a residual of zero is."""
        if existing_directory(self.out / STATE).exists():
            raise UserError(f"out={self.out} already holds a run: use resume={self.out} or another out")
        self.trainer.start()
        metrics = self._validated() if self.settings.validation.every_iterations else {}
        self.standing.base_success_rate = self.standing.last_success_rate
        self._write(log, metrics)
        self._save()

    def _train(self, log: RunLogger) -> None:
        saved = time.monotonic()
        total = self.settings.total_steps
        with tqdm(total=total, initial=self.trainer.steps, unit="step", unit_scale=True, disable=None) as bar:
            while not self._spent():
                before = self.trainer.steps
                self._iterate(log)
                bar.update(self.trainer.steps - before)
                if time.monotonic() - saved > 60.0 * self.settings.checkpoint_minutes:
                    self._save()
                    saved = time.monotonic()

    def _spent(self) -> bool:
        late = 0.0 < self.settings.minutes <= self.standing.minutes
        return late or self.trainer.steps >= self.settings.total_steps

    def _iterate(self, log: RunLogger) -> None:
        """One iteration, validated when due."""
        steps, began = self.trainer.steps, time.monotonic()
        metrics = self.trainer.iterate()
        metrics["time/steps_per_second"] = (self.trainer.steps - steps) / (time.monotonic() - began)
        every = self.settings.validation.every_iterations
        if every and self.trainer.iteration % every == 0:
            metrics |= self._validated()
        self._write(log, metrics)

    def _validated(self) -> dict[str, float]:
        """Validate, and keep the policy when it is the best so far."""
        result = self._validate()
        self.standing.last_success_rate = result.success_rate
        best = self.standing.best_success_rate
        if best is None or result.success_rate >= best:
            self.standing.best_success_rate = result.success_rate
            self._save_policy(self.out / BEST, self._summary())
        return result.metrics()

    def _write(self, log: RunLogger, metrics: dict[str, float]) -> None:
        now = time.monotonic()
        self.standing.minutes += (now - self._clock) / 60.0
        self._clock = now
        counters = {"steps": float(self.trainer.steps), "time/minutes": self.standing.minutes}
        log.log(self.trainer.iteration, counters | metrics)

    def _summary(self) -> dict[str, Any]:
        progress = {"iteration": self.trainer.iteration, "steps": self.trainer.steps}
        return progress | dataclasses.asdict(self.standing)

    def _save(self) -> None:
        """Write the newest policy and the state that a killed run goes on from."""
        self._save_policy(self.out / LATEST, self._summary())
        state = {"settings": dataclasses.asdict(self.settings), "standing": dataclasses.asdict(self.standing)}
        save_training_state(self.out / STATE, self.trainer.state(), state)

    def _finish(self, log: RunLogger) -> dict[str, Any]:
        """Validate the last policy unless that was just done, and save."""
        every = self.settings.validation.every_iterations
        if every and self.trainer.iteration % every:
            log.log(self.trainer.iteration, self._validated())
        self._save()
        write_json(self.out / SUMMARY, self._summary())
        return self._summary()
